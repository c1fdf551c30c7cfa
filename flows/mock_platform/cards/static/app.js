// The routes and views of the one page: signing in, My contracts, a contract and its milestones.

import { button, call, drift, facts, h, nextLoad, session, SiteError } from "./parts.js";
import { deck } from "./milestones.js";

const root = document.getElementById("app");

function go(path) {
  history.pushState(null, "", path);
  return draw();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/']");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  go(link.getAttribute("href"));
});
addEventListener("popstate", draw);

async function draw() {
  const { pathname, search } = location;
  if (pathname === "/sign-in") return session.get() ? go(back()) : signIn();
  if (!session.get()) return go(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
  const [, first, ref, tab] = pathname.split("/");
  try {
    if (first === "contracts" && ref) await contract(ref, tab);
    else if (first === "contracts") await contracts(new URLSearchParams(search));
    else await go("/contracts");
  } catch (error) {
    failed(error);
  }
}

function failed(error) {
  if (error.code === "RestExceptionCodes.NOT_AUTHENTICATED") {
    session.drop();
    draw();
  } else if (error.code === "AUTH_CAPTCHA_REQUIRED") {
    root.replaceChildren(h("main", {}, h("p", {}, error.message), robot()));
  } else {
    root.replaceChildren(h("main", {}, h("p", { role: "alert" }, error instanceof SiteError ? error.message : "Something went wrong.")));
  }
}

const robot = () => h("label", {}, h("input", { type: "checkbox", name: "captcha" }), " I'm not a robot");

function back() {
  const wanted = new URLSearchParams(location.search).get("next") ?? "";
  return /^\/(?![/\\])/.test(wanted) && !wanted.startsWith("/sign-in") ? wanted : "/contracts";
}

function frame(me, ...content) {
  const wallet = me.balances.map((one) => h("span", { "data-currency": one.code }, one.text));
  root.replaceChildren(
    h("header", {},
      h("a", { href: "/contracts" }, "My contracts"),
      h("span", { class: "me", "aria-label": `Signed in as ${me.login}`, role: "img" }, me.name),
      h("span", { class: "wallet" }, ...wallet),
      button("Sign out", async () => {
        await call("DELETE", "/session").catch(() => null);
        session.drop();
        go("/sign-in");
      })),
    h("main", { "data-drawn": true }, ...content.filter(Boolean)),
  );
}

async function contracts(asked) {
  const data = await call("GET", `/api/contracts?${asked}`, undefined, { load: nextLoad() });
  const { me, contracts: rows, offset, total, page } = data;
  const last = offset + rows.length;
  const more = new URLSearchParams(asked);
  more.set("page", page + 1);
  frame(
    me,
    h("h1", {}, "My contracts"),
    total === undefined ? null : h("p", { class: "count" }, total ? `${offset + 1} to ${last} of ${total} contracts` : "No contracts here"),
    h("div", { class: "deck", role: "list", "aria-label": "Contracts" }, ...rows.map(contractCard)),
    last < total && h("a", { rel: "next", href: `/contracts?${more}` }, "More contracts"),
  );
}

const contractCard = (row) => h(
  "article",
  { class: "card", role: "listitem" },
  h("h2", {}, h("a", { class: "title", href: `/contracts/${row.id}` }, row.title)),
  facts([
    ["Contract", String(row.id)],
    [row.side === "client" ? "Freelancer" : "Client", row.counterparty],
    ["Price", row.bid_text],
    ["Currency", row.currency],
    [drift.has("status_column") ? "Stage" : "Status", row.status],
    ["Last change", h("time", { datetime: row.activity }, row.activity_text)],
  ]),
);

async function contract(ref, tab) {
  const data = await call("GET", `/api/contracts/${encodeURIComponent(ref)}`, undefined, { load: nextLoad() });
  const { contract: row, me } = data;
  const money = drift.has("payments_tab") ? "Steps and money" : "Milestones";
  frame(
    me,
    h("h1", {}, row.title),
    facts([
      ["Contract", String(row.id)],
      [row.side === "client" ? "Freelancer" : "Client", row.counterparty],
      ["Currency", row.currency],
      ["Contract status", row.status],
    ]),
    h("nav", { "aria-label": "Contract" },
      h("a", { href: `/contracts/${row.id}` }, "Overview"),
      h("a", { href: `/contracts/${row.id}/milestones` }, money)),
    ...(tab === "milestones" ? deck({ ...data, contract: { ...row, balances: me.balances } }, draw) : [h("p", {}, `Agreed price: ${row.bid_text}`)]),
  );
}

function signIn() {
  const alert = h("p", { role: "alert", hidden: true });
  const login = h("input", { name: "login", autocomplete: "username", required: true });
  const password = h("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const send = async (path, body) => {
    alert.hidden = true;
    try {
      const answer = await call("POST", path, body);
      if (answer.step) return code(answer);
      session.keep(answer.session);
      return go(back());
    } catch (error) {
      alert.textContent = error instanceof SiteError ? error.message : "Something went wrong. Please try again.";
      alert.hidden = false;
      if (error.code === "AUTH_CAPTCHA_REQUIRED" && !form.querySelector("[name=captcha]")) form.append(robot());
    }
  };
  const form = h("form", {
    onsubmit: (event) => {
      event.preventDefault();
      send("/session", { login: login.value, password: password.value, captcha: form.captcha?.checked === true });
    },
  }, h("label", {}, "Login ", login), h("label", {}, "Password ", password), h("button", {}, "Sign in"));
  const code = ({ step, device }) => {
    const field = h("input", { name: "code", inputmode: "numeric", required: true });
    const sent = device ? "Your login has been blocked due to signing in from an unknown device." : "Enter the code from your app.";
    form.replaceWith(h("form", {
      onsubmit: (event) => {
        event.preventDefault();
        send("/session/code", { step, code: field.value });
      },
    }, h("h2", {}, "One more step"), h("p", {}, sent), h("label", {}, "Security code ", field), h("button", {}, "Confirm")));
  };
  root.replaceChildren(h("main", {}, h("h1", {}, "Welcome to Gigdeck"), alert, form));
}

draw();
