// Building elements without markup strings, so that no text of a row is ever taken for HTML.

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

function button(text, onclick, { label = null, disabled = false, plain = false, aria = null } = {}) {
  const native = h("button", { type: "button", onclick, disabled, class: plain ? "plain" : null, "aria-label": aria }, text);
  return h("fl-button", { fltrackinglabel: label }, native);
}

const find = (selector, root = document) => root.querySelector(selector);

function toast(text) {
  if (knobs.toast !== "on") return;
  const box = find(".toasts");
  if (!box) return;
  const note = h("div", { class: "toast", "data-invented": true }, text);
  box.append(note);
  setTimeout(() => note.remove(), 4000);
}
