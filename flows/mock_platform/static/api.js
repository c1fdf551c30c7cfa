// Calls to the API: envelopes, the sign-in check, and the hostile habits that knobs and faults switch on.

const knobs = JSON.parse(document.body.dataset.knobs);
const sendTwice = new Set(document.body.dataset.sendTwice.split(",").filter(Boolean));

class SiteError extends Error {
  constructor(code, message, requestId) {
    super(message);
    this.code = code;
    this.requestId = requestId;
  }
}

async function call(method, path, body = undefined, second = false, load = null) {
  const headers = {
    "freelancer-app-name": "main",
    "freelancer-app-platform": "web",
    "x-page": document.body.dataset.pageNumber,
  };
  if (document.body.dataset.viewer) headers["x-viewer"] = document.body.dataset.viewer;
  if (load !== null) headers["x-load"] = String(load);
  if (second) headers["x-second-send"] = "1";
  if (body !== undefined) headers["content-type"] = "application/json";
  const redirected = method !== "GET" && knobs.redirect_307 === "on" && path.startsWith("/api/");
  const url = redirected ? `/ajax-api/forward.php?to=${encodeURIComponent(path)}` : path;
  const response = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  for (const at of (response.headers.get("x-send-twice") ?? "").split(",").filter(Boolean)) sendTwice.add(at);
  const data = await response.json();
  if (data.status === "success") return data.result;
  if (data.error_code === "RestExceptionCodes.NOT_AUTHENTICATED") {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  throw new SiteError(data.error_code, data.message, data.request_id);
}

// `send(second)` sends a money request. Under the fault `twice` the page sends it twice, as a double click would.
async function sendMoney(at, send) {
  if (!sendTwice.delete(at)) return send(false);
  const [first] = await Promise.allSettled([send(false), send(true)]);
  if (first.status === "rejected") throw first.reason;
  return first.value;
}

function confirmed(amount) {
  return !knobs.confirm_dialog || confirm(knobs.confirm_dialog.replace("{amount}", amount));
}
