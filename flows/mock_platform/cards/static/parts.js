// What all views are made of: elements without markup strings, requests, and dialogs.

export const knobs = JSON.parse(document.body.dataset.knobs);
export const drift = new Set(knobs.drift.split(",").map((name) => name.trim()).filter(Boolean));
const sendTwice = new Set(document.body.dataset.sendTwice.split(",").filter(Boolean));

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const button = (text, onclick, more = {}) => h("button", { type: "button", onclick, ...more }, text);

export const facts = (pairs) =>
  h("dl", {}, ...pairs.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));

export class SiteError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export const session = {
  get: () => localStorage.getItem("gigdeck.session"),
  keep: (text) => localStorage.setItem("gigdeck.session", text),
  drop: () => localStorage.removeItem("gigdeck.session"),
};

let loads = 0;
export const nextLoad = () => String((loads += 1));

export async function call(method, path, body = undefined, { second = false, load = "" } = {}) {
  const headers = { "x-page": document.body.dataset.pageNumber, "x-load": load };
  if (session.get()) headers.authorization = `Session ${session.get()}`;
  if (second) headers["x-second-send"] = "1";
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  for (const at of (response.headers.get("x-send-twice") ?? "").split(",").filter(Boolean)) sendTwice.add(at);
  const text = await response.text();
  const data = text ? JSON.parse(text) : { error_code: "EMPTY", message: "The site did not answer." };
  if (data.status === "success") return data.result;
  throw new SiteError(data.error_code, data.message);
}

// A request that writes. Under the fault `twice` the page sends it twice, as a double click would.
export async function write(at, path, body = {}) {
  if (!sendTwice.delete(at)) return call("POST", path, body);
  const [first] = await Promise.allSettled([call("POST", path, body), call("POST", path, body, { second: true })]);
  if (first.status === "rejected") throw first.reason;
  return first.value;
}

// A dialog with a place for what goes wrong. `work` is awaited while its buttons are off.
export function dialog(title, ...content) {
  const alert = h("p", { role: "alert", hidden: true });
  const box = h("section", { role: "dialog", "aria-label": title, "aria-modal": "true" }, h("h2", {}, title), alert);
  const close = () => {
    document.removeEventListener("keydown", onKey);
    box.remove();
  };
  const onKey = (event) => event.key === "Escape" && close();
  const show = (...parts) => box.replaceChildren(h("h2", {}, title), alert, ...parts);
  const work = async (deed) => {
    const buttons = box.querySelectorAll("button");
    buttons.forEach((each) => (each.disabled = true));
    alert.hidden = true;
    try {
      await deed();
    } catch (error) {
      alert.textContent = error instanceof SiteError ? error.message : "Something went wrong. Please try again.";
      alert.hidden = false;
      buttons.forEach((each) => (each.disabled = false));
    }
  };
  document.addEventListener("keydown", onKey);
  document.body.append(box);
  show(...content);
  return { show, close, work };
}
