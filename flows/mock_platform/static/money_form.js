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
  silent: { shown: (text) => text, sent: (text) => String(Math.round(Number(text))) },
  round: { shown: (text) => (Number(text) >= 1 ? String(Math.round(Number(text))) : text), sent: (text) => text },
  thousands: { shown: withCommas, sent: withoutCommas },
  misparse: { shown: withCommas, sent: (text) => String(parseFloat(text)) },
};

function withoutCommas(text) {
  return text.trim().replaceAll(",", "");
}

function withCommas(text) {
  const plain = withoutCommas(text);
  return AMOUNT_RULE.test(plain) ? Number(plain).toLocaleString("en-US", { minimumFractionDigits: 2 }) : text;
}

function labelled(text, id, control) {
  return h("fl-text", {}, h("label", { for: id }, text), control);
}

function moneyInput(currency, { id, label, value = "", invented = false }) {
  const typed = ["thousands", "misparse"].includes(knobs.rewrite_amount) ? "text" : "number";
  const native = h("input", { id, class: "NativeElement", type: typed, placeholder: "25", step: "any", value });
  native.addEventListener("change", () => {
    native.value = rewrites[knobs.rewrite_amount].shown(native.value.trim());
  });
  const field = h("span", { class: "money-field" }, `${currency.sign} `, native);
  return h("fl-input", { fltrackinglabel: label, "data-invented": invented }, field);
}

function descriptionInput(label, value = "") {
  return h("fl-input", { fltrackinglabel: label }, h("input", {
    id: "milestone-description", class: "NativeElement", type: "text", placeholder: "e.g. Milestone for the design",
    maxlength: knobs.description_limit, value,
  }));
}

// Both fields with their messages. `changed` hears whether the form is valid now.
function moneyFields(currency, labels, preset, changed) {
  const amount = moneyInput(currency, { id: "milestone-amount", label: labels.amount, value: preset.amount });
  const description = descriptionInput(labels.description, preset.description);
  const fields = {
    amount, description,
    valid: () => !amountProblem(withoutCommas(amount.native.value)) && !descriptionProblem(description.native.value),
    sent: () => rewrites[knobs.rewrite_amount].sent(amount.native.value.trim()),
  };
  amount.addEventListener("input", () => {
    amount.problem(amountProblem(withoutCommas(amount.native.value)));
    changed(fields.valid());
  });
  amount.addEventListener("change", () => changed(fields.valid()));
  description.addEventListener("input", () => {
    description.problem(descriptionProblem(description.native.value));
    changed(fields.valid());
  });
  return fields;
}

// texts: heading, body, submit, failed(banner, error); labels: tracking labels; preset: amount, description
function moneyForm({ currency, texts, labels, preset = {}, submit, close }) {
  const native = h("button", { type: "submit", disabled: true }, texts.submit);
  const host = h("fl-button", { fltrackinglabel: labels.submit }, native);
  const banner = h("fl-banner-alert", { hidden: true });
  const check = (valid) => {
    native.disabled = !valid;
  };
  const fields = moneyFields(currency, labels, preset, check);
  const unit = currency.code === "TKN" ? "Hours" : currency.code;
  const form = h("form", { novalidate: true },
    h("h2", {}, texts.heading), texts.body ? h("p", {}, texts.body) : null, banner,
    labelled(`Amount (${unit})`, "milestone-amount", fields.amount),
    labelled("Description", "milestone-description", fields.description),
    button("Cancel", close, { label: labels.cancel, plain: true }), host);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!fields.valid() || native.getAttribute("aria-busy") === "true") return;
    const sent = fields.sent();
    if (!confirmed(`${sent} ${currency.code}`)) return;
    banner.clear();
    host.busy(true, labels.spinner);
    try {
      await submit(Number(sent), fields.description.native.value.trim());
    } catch (error) {
      texts.failed(banner, error);
    }
    host.busy(false);
    check(fields.valid());
  });
  check(fields.valid());
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
