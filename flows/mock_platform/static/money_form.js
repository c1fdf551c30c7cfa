// The form with an amount and a description, for creating and for requesting: fields, validation, submit button.

const AMOUNT_RULE = /^[1-9]\d*(\.\d{1,2})?$/;

function amountProblem(text) {
  if (!text) return "Amount field is required";
  const number = Number(text);
  if (Number.isNaN(number)) return "Invalid amount specified";
  if (number <= 0) return "Please enter a greater amount.";
  if (number > 999999999) return "Please enter a lesser amount.";
  return AMOUNT_RULE.test(text) ? "" : "Invalid amount specified";
}

function descriptionProblem(text) {
  if (!text.trim()) return "Description is required";
  return text.length > Number(knobs.description_limit) ? "Please create a shorter description." : "";
}

// What the rewrite_amount knob makes of the amount: shown in the field, and sent.
const rewrites = {
  none: { shown: (text) => text, sent: (text) => text },
  round: { shown: (text) => (Number(text) >= 1 ? String(Math.round(Number(text))) : text), sent: (text) => text },
  thousands: { shown: withCommas, sent: (text) => text.replaceAll(",", "") },
  misparse: { shown: withCommas, sent: (text) => String(parseFloat(text)) },
};

function withCommas(text) {
  const plain = text.replaceAll(",", "");
  return AMOUNT_RULE.test(plain) ? Number(plain).toLocaleString("en-US", { minimumFractionDigits: 2 }) : text;
}

function labelled(text, id, control) {
  return h("fl-text", {}, h("label", { for: id }, text), control);
}

// texts: heading, body, submit; labels: tracking labels; preset: {amount, description}; submit(amount, description, host)
function moneyForm({ currency, texts, labels, preset = {}, submit, close }) {
  const rewrite = rewrites[knobs.rewrite_amount];
  const typed = ["thousands", "misparse"].includes(knobs.rewrite_amount) ? "text" : "number";
  const amount = h("input", {
    id: "milestone-amount", class: "NativeElement", type: typed, placeholder: "25", step: "any", value: preset.amount ?? "",
  });
  const description = h("input", {
    id: "milestone-description", class: "NativeElement", type: "text", placeholder: "e.g. Milestone for the design",
    maxlength: knobs.description_limit, value: preset.description ?? "",
  });
  const amountHost = h("fl-input", { fltrackinglabel: labels.amount }, h("span", { class: "money-field" }, `${currency.sign} `, amount));
  const descriptionHost = h("fl-input", { fltrackinglabel: labels.description }, description);
  const banner = h("fl-banner-alert", { hidden: true });
  const submitButton = h("button", { type: "submit", disabled: true }, texts.submit);
  const submitHost = h("fl-button", { fltrackinglabel: labels.submit }, submitButton);
  const unit = currency.code === "TKN" ? "Hours" : currency.code;

  const plainAmount = () => amount.value.trim().replaceAll(",", "");
  const valid = () => !amountProblem(plainAmount()) && !descriptionProblem(description.value);
  const check = () => {
    submitButton.disabled = !valid();
  };
  amount.addEventListener("input", () => {
    amountHost.problem(amountProblem(plainAmount()));
    check();
  });
  amount.addEventListener("change", () => {
    amount.value = rewrite.shown(amount.value.trim());
    check();
  });
  description.addEventListener("input", () => {
    descriptionHost.problem(descriptionProblem(description.value));
    check();
  });

  const form = h("form", { novalidate: true },
    h("h2", {}, texts.heading), texts.body ? h("p", {}, texts.body) : null, banner,
    labelled(`Amount (${unit})`, "milestone-amount", amountHost),
    labelled("Description", "milestone-description", descriptionHost),
    button("Cancel", close, { label: labels.cancel, plain: true }), submitHost);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!valid() || submitButton.getAttribute("aria-busy") === "true") return;
    const sent = rewrite.sent(amount.value.trim());
    if (!confirmed(`${sent} ${currency.code}`)) return;
    banner.clear();
    submitHost.busy(true, labels.spinner);
    try {
      await submit(Number(sent), description.value.trim());
    } catch (error) {
      texts.failed(banner, error);
    }
    submitHost.busy(false);
    check();
  });
  check();
  return form;
}

// Shows a form where the knob says: in a modal, or inline on the page.
function openForm(label, build) {
  if (knobs.form === "inline") {
    const place = find(".inline-form");
    const close = () => place.replaceChildren();
    place.replaceChildren(h("section", { "aria-label": label }, build(close)));
    place.querySelector("input").focus();
    return;
  }
  const box = openModal(label);
  box.append(build(() => box.close()));
  box.querySelector("input").focus();
}
