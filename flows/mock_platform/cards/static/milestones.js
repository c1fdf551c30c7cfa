// A contract's milestones as cards, and the dialogs behind their buttons.

import { button, dialog, drift, facts, h, knobs, write } from "./parts.js";
import { addMilestone } from "./wizard.js";

export function deck(data, again) {
  const { contract, milestones, total } = data;
  const cards = milestones.map((one, at) => card(contract, one, at, again));
  const counted = total === undefined ? null : total ? `${total} milestone${total === 1 ? "" : "s"}` : "No milestones yet";
  const may = contract.side === "client" && contract.award !== "none";
  const label = drift.has("create_button") ? "New step" : "Add new milestone";
  return [
    h("h2", {}, drift.has("created_heading") ? "Steps" : "Milestones"),
    counted && h("p", { class: "count" }, counted),
    may && button(label, () => addMilestone(contract, data.work, again)),
    h("div", { class: "deck", role: "list", "aria-label": "Milestones" }, ...cards),
  ];
}

function card(contract, one, at, again) {
  const mark = drift.has("row_id") ? { "data-step": one.id } : { "data-milestone": one.id };
  return h(
    "article",
    { class: "card", role: "listitem", ...mark },
    h("p", { class: "seq" }, `Milestone ${at + 1}`),
    h("h3", {}, one.name),
    facts([
      [drift.has("amount_column") ? "Worth" : "Amount", one.amount_text],
      ["Status", one.status_text],
      ["Due", one.due],
      ["Type of work", one.work],
      ["Approved by itself on", one.status === "requested_release" ? one.approved_on : ""],
    ]),
    buttons(contract, one, again),
  );
}

function buttons(contract, one, again) {
  if (contract.side === "client" && one.status === "unfunded") {
    return button("Activate & fund", () => fund(contract, one, again), { disabled: !one.may_be_funded });
  }
  if (contract.side === "client" && one.status === "requested_release") {
    return button("Approve & Pay", () => approve(contract, one, again));
  }
  if (contract.side === "freelancer" && one.status === "frozen") {
    return button("Submit work for payment", () => submit(one, again));
  }
  return null;
}

const confirmed = (amount) => !knobs.confirm_dialog || confirm(knobs.confirm_dialog.replace("{amount}", amount));

function fund(contract, one, again) {
  const held = contract.balances.find((each) => each.code === contract.currency);
  const label = drift.has("pay_button") ? "Yes, do it" : "Fund milestone";
  const box = dialog("Activate & fund milestone");
  const pay = () => confirmed(one.amount_text) && box.work(async () => {
    await write("cart.process", `/api/milestones/${one.id}/fund`);
    if (!drift.has("dialog_stays")) box.close();
    await again();
  });
  box.show(
    facts([["Contract", String(contract.id)], ["Milestone number", String(one.id)]]),
    h("dl", { class: "bill" }, ...[[one.name, one.amount_text], ["Processing fee", "Free"], ["Total", one.amount_text]].map(
      ([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    h("p", { class: "from" }, held ? `Account balance (${held.text})` : "No balance in this currency"),
    button("Cancel", box.close),
    button(label, pay),
    drift.has("pay_twice") && button(label, pay),
  );
}

function approve(contract, one, again) {
  const box = dialog("Approve work and pay");
  box.show(
    h("p", {}, `${contract.counterparty} is paid for “${one.name}”.`),
    facts([["Amount", one.amount_text]]),
    button("Cancel", box.close),
    button("Approve and pay", () => box.work(async () => {
      await write("milestone.release", `/api/milestones/${one.id}/approve`);
      box.close();
      await again();
    })),
  );
}

// The freelancer's: a question of the browser itself.
async function submit(one, again) {
  if (!confirm(`Submit “${one.name}” and ask for ${one.amount_text}?`)) return;
  await write("milestone.release", `/api/milestones/${one.id}/submit`);
  await again();
}
