// The pages as they might look after the platform's next release (knob drift): each name changes one thing, whenever
// the page builds it. An observer's changes are made before anybody else can see the page without them.

const GERMAN = {
  "Create Milestone": "Meilenstein erstellen", "Request Milestone": "Meilenstein anfragen", Payments: "Zahlungen",
  Details: "Einzelheiten", "Created Milestones": "Erstellte Meilensteine", "Requested Milestones": "Angefragte Meilensteine",
  "Unpaid carts": "Offene Warenkörbe", "In Progress": "In Arbeit", Released: "Freigegeben", Amount: "Betrag",
  Description: "Beschreibung", Status: "Stand", Date: "Datum", "My Projects": "Meine Projekte",
};

const own = (element) => element.childElementCount === 0 && element.textContent.trim();

function reword(selector, from, to) {
  return (root) => {
    for (const element of root.querySelectorAll(selector)) {
      const text = element.textContent, changed = text.replace(from, to);
      // writing the same text again would call the observer again, for ever
      if (element.childElementCount === 0 && changed !== text) element.textContent = changed;
    }
  };
}

function unmark(selector) {
  return (root) => root.querySelectorAll(selector).forEach((element) => element.removeAttribute("fltrackinglabel"));
}

function again(selector) {
  return (root) => root.querySelectorAll(`${selector}:not([data-again])`).forEach((element) => {
    element.dataset.again = "";
    element.after(element.cloneNode(true));
  });
}

const all = (...changes) => (root) => changes.forEach((change) => change(root));

const DRIFTS = {
  create_button: reword("button.open-create", /^.*$/, "Add a payment step"),
  create_icon: (root) => root.querySelectorAll("button.open-create:not([data-icon])").forEach((element) => {
    element.dataset.icon = "";
    element.replaceChildren(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    element.append(h("span", { "aria-hidden": "true" }, "✚"));
  }),
  create_sends: (root) => root.querySelectorAll("button.open-create:not([data-sends])").forEach((element) => {
    element.dataset.sends = "";
    element.addEventListener("click", () => fetch("/api/projects/0.1/milestones/", { method: "POST", body: "{}" }));
  }),
  create_twice: again("fl-button:has(> button.open-create)"),
  payments_tab: reword("[role=tab]", /^(Payments|Milestones)$/, "Money"),
  tab_moved: (root) => root.querySelectorAll('[role=tab][href$="/payments"]').forEach((element) => {
    element.setAttribute("role", "menuitem");
    find("nav.second-bar").append(h("div", { role: "menu", "aria-label": "More" }, element));
  }),
  description_label: all(
    reword("form label", /^Description$/, "What is it for?"),
    unmark('[fltrackinglabel="MilestoneCreateModalInputDescription"]'),
  ),
  submit_button: all(
    reword('form[fltrackingsection="MilestoneCreateModal"] button[type=submit]', /^Create.*$/, "Go on to payment"),
    unmark('[fltrackinglabel="MilestoneCreateModalCreateCartButton"], [fltrackinglabel="MilestoneCreateModalCreateButton"]'),
  ),
  pay_button: reword("fl-button[fltrackinglabel=ConfirmPaymentButton] button", /^Confirm.*$/, "Place order"),
  pay_twice: again("fl-button[fltrackinglabel=ConfirmPaymentButton]"),
  created_heading: reword("h3", /^Created Milestones$/, "Milestones so far"),
  status_column: reword("app-manage-projects th, app-manage-projects .card-label", /^Status/, "Stage"),
  id_column: reword("app-manage-projects th, app-manage-projects .card-label", /^ID/, "Number"),
  amount_column: reword("section th, section .card-label", /^Amount/, "Value"),
  description_column: reword(".created th, .created .card-label", /^Description/, "Purpose"),
  row_id: (root) => root.querySelectorAll("[data-milestone-id]").forEach((element) => {
    element.setAttribute("data-payment-id", element.dataset.milestoneId);
    element.removeAttribute("data-milestone-id");
  }),
  german: (root) => root.querySelectorAll("button, a, h2, h3, th, label, .card-label, .status").forEach((element) => {
    const text = own(element);
    if (text in GERMAN) element.textContent = GERMAN[text];
  }),
};

const drifted = (knobs.drift || "").split(",").map((name) => name.trim()).filter(Boolean);
const drifting = (name) => drifted.includes(name);
const changes = drifted.filter((name) => name in DRIFTS).map((name) => DRIFTS[name]);
if (changes.length) {
  all(...changes)(document);
  new MutationObserver(() => all(...changes)(document)).observe(document, { childList: true, subtree: true });
}
