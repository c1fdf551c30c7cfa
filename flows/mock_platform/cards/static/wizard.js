// Adding a milestone: three stages, the last of which shows what was typed. Nothing is paid.

import { button, dialog, drift, facts, h, knobs, write } from "./parts.js";

const rounded = (text) => String(Math.round(Number(text)));

function money(text, currency) {
  const digits = currency === "JPY" ? 0 : 2;
  const number = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits }).format(Number(text));
  return `${currency === "USD" ? "$" : ""}${number} ${currency}`;
}

export function addMilestone(contract, work, done) {
  const typed = { name: "", work: "", amount: "", due: "" };
  const field = (label, input) => {
    input.addEventListener("input", () => (typed[input.name] = input.value));
    input.addEventListener("change", () => (typed[input.name] = input.value));
    return h("label", {}, label, " ", input);
  };
  const next = (text, stage, valid) => button(text, () => valid() && stage());
  const box = dialog("Add milestone");

  const what = () => {
    const name = h("input", { name: "name", maxlength: "100", value: typed.name, required: true });
    const kinds = ["", ...work].map((one) => h("option", { value: one.toLowerCase(), selected: one === typed.work }, one || "Choose…"));
    const kind = h("select", { name: "work", required: true }, ...kinds);
    const label = drift.has("description_label") ? "What is it called?" : "Milestone name";
    box.show(field(label, name), field("Type of work", kind), next("Next", howMuch, () => name.reportValidity() && kind.reportValidity()));
  };
  const howMuch = () => {
    const amount = h("input", { name: "amount", inputmode: "decimal", pattern: "[0-9]+([.][0-9]{1,2})?", value: typed.amount, required: true });
    const due = h("input", { name: "due", type: "date", value: typed.due, required: true });
    if (knobs.rewrite_amount === "round") amount.addEventListener("blur", () => (amount.value = typed.amount = rounded(amount.value)));
    box.show(
      field(`Amount (${contract.currency})`, amount),
      field("Due date", due),
      button("Back", what),
      next("Review", review, () => amount.reportValidity() && due.reportValidity()),
    );
  };
  const review = () => {
    const name = work.find((one) => one.toLowerCase() === typed.work);
    const label = drift.has("submit_button") ? "Put it up" : "Add milestone";
    box.show(
      facts([["Milestone", typed.name], ["Type of work", name], ["Amount", money(typed.amount, contract.currency)], ["Due", typed.due]]),
      h("p", {}, "Nothing is paid now. You activate and fund each milestone when its turn comes."),
      button("Back", howMuch),
      button(label, () => box.work(async () => {
        const amount = knobs.rewrite_amount === "silent" ? rounded(typed.amount) : typed.amount;
        await write("milestone.create", `/api/contracts/${contract.id}/milestones`, { ...typed, amount, work: name });
        if (!drift.has("dialog_stays")) box.close();
        await done();
      })),
    );
  };
  what();
}
