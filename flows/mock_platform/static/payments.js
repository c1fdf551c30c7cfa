// The Payments tab: requests, milestones and unpaid carts, loaded after the document, and what can be done to each.

function startPayments() {
  const view = find("app-project-view");
  const project = JSON.parse(view.dataset.project);
  const side = view.dataset.side;
  const reasons = JSON.parse(find("app-project-payments").dataset.reasons);
  const seen = new Set();
  const page = { project, side, reasons, seen, version: null, reload: () => loadPayments(page), done: (text) => {
    toast(text);
    return loadPayments(page);
  } };
  find(".open-create")?.addEventListener("click", () => openCreateForm(project, null, page.done));
  find(".open-request")?.addEventListener("click", () => openRequestForm(project, page.done));
  loadPayments(page).then(() => watchProject(page));
}

let lastLoad = 0;

async function loadPayments(page) {
  const turn = ++lastLoad;
  const query = `?projects[]=${page.project.id}`;
  const get = (path) => call("GET", path, undefined, false, turn);
  try {
    const [milestones, requests, carts] = await Promise.all([
      get(`/api/projects/0.1/milestones/${query}`),
      get(`/api/projects/0.1/milestone_requests/${query}`),
      page.side === "client" ? get(`/api/payments/0.1/carts/${query}`) : null,
    ]);
    if (turn !== lastLoad) return;
    find(".payments-error").clear();
    page.version = milestones.version ?? null;
    showRequests(page, requests);
    showMilestones(page, milestones);
    if (carts) showCarts(carts);
  } catch (error) {
    showError(find(".payments-error"), "Unable to load payments", `${error.message} request_id: ${error.requestId ?? ""}`, error);
  }
}

function showEnd(section, rows, total, words, empty) {
  section.setAttribute("aria-busy", "false");
  // the end marker appears only when the answer said how many there are
  const text = total === undefined ? "" : rows.length ? `Showing ${rows.length} of ${rows.length} ${words}` : empty;
  find(".end", section).textContent = text;
  find(".end", section).dataset.count = total === undefined ? "" : rows.length;
}

function showRequests(page, answer) {
  const rows = Object.values(answer.requests).filter((row) => ["pending", "rejected"].includes(row.status));
  const section = find("section.requested");
  renderRows(find(".rows", section), rows, {
    label: "Requested Milestones",
    attributes: (row) => ({ "data-request-id": row.id, fltrackingreferenceid: row.id }),
    columns: [
      ["Description", "description", (row) => row.description],
      ["Amount", "amount", (row) => row.amount_text],
      ["Status", "status", (row) => row.status_text],
      ["Date", "date", (row) => row.date_text],
      ["Actions", "row-actions", (row) => requestActions(page, row)],
    ],
  });
  showEnd(section, rows, answer.total, "requests", "No milestone requests yet");
}

function showMilestones(page, answer) {
  // a cancelled row stays until the page is loaded again, if it was on the page before
  const rows = Object.values(answer.milestones).filter((row) => row.status !== "canceled" || page.seen.has(row.transaction_id));
  for (const row of rows) page.seen.add(row.transaction_id);
  const section = find("section.created");
  renderRows(find(".rows", section), rows, {
    label: "Created Milestones",
    attributes: (row) => ({ "data-milestone-id": row.transaction_id, fltrackingreferenceid: row.transaction_id }),
    columns: [
      ["Description", "description", (row) => row.other_reason],
      ["Amount", "amount", (row) => row.amount_text],
      ["Status", "status", (row) => row.status_text],
      ["Date", "date", (row) => row.date_text],
      ["Actions", "row-actions", (row) => milestoneActions(page, row)],
    ],
  });
  showEnd(section, rows, answer.total, "milestones", "No milestone payments yet");
}

function showCarts(answer) {
  const rows = Object.values(answer.carts);
  const section = find("section.carts");
  renderRows(find(".rows", section), rows, {
    label: "Unpaid carts",
    attributes: (row) => ({ "data-cart-id": row.id, fltrackingreferenceid: row.id }),
    columns: [
      ["Description", "description", (row) => row.description],
      ["Amount", "amount", (row) => row.amount_text],
      ["Date", "date", (row) => row.date_text],
      ["Actions", "row-actions", (row) => [
        h("fl-link", {}, h("a", { href: `/deposit?cartId=${row.id}` }, "Resume")),
        button("Discard", () => discardCart(row.id), { plain: true }),
      ]],
    ],
  });
  showEnd(section, rows, answer.total, "unpaid carts", "No unpaid carts");
}

async function discardCart(id) {
  await call("PUT", `/api/payments/0.1/carts/${id}`, { action: "discard" });
  location.reload();
}

function requestActions(page, row) {
  if (row.status !== "pending") return [];
  const send = (action) => () => actOn(page, `/api/projects/0.1/milestone_requests/${row.id}/`, { action }, null);
  if (page.side === "freelancer") return [button("Delete", send("delete"), { plain: true })];
  return [
    button(knobs.accept_label, () => openCreateForm(page.project, row, page.done)),
    button("Reject", send("reject"), { plain: true }),
  ];
}

function milestoneActions(page, row) {
  const address = `/api/projects/0.1/milestones/${row.transaction_id}/`;
  const send = (action, at = null) => () => actOn(page, address, { action }, at);
  const dispute = ["Dispute", () => askFirst("Create New Dispute", row.other_reason, "Create New Dispute", send("dispute"))];
  const cancel = ["Cancel", () => askFirst("Cancel milestone", row.other_reason, "Cancel Milestone", send("cancel"))];
  if (["cleared", "canceled", "disputed"].includes(row.status)) return [];
  if (page.side === "client") return clientActions(page, row, dispute, cancel);
  if (row.status === "pending") return moreMenu([cancel], "More actions");
  const main = row.cancellation_requested
    ? [button("Accept Cancellation", send("cancel")), button("Reject Cancellation", send("reject_cancel"), { plain: true })]
    : [button("Request Release", send("request_release", "milestone.release"), { disabled: row.status !== "frozen" })];
  return [...main, ...moreMenu([cancel, dispute], "More actions")];
}

function clientActions(page, row, dispute, cancel) {
  if (row.status === "pending") return moreMenu([cancel], "More actions");
  const ask = ["Request Cancellation", () => openCancellationRequest(page.project, row, page.reasons, page.done)];
  const more = row.cancellation_requested ? [dispute] : [ask, dispute];
  return [button("Release", () => openRelease(page.project, row, page.done)), ...moreMenu(more, "More actions")];
}

async function actOn(page, address, body, at) {
  try {
    const send = (second) => call("PUT", address, body, second);
    await (at ? sendMoney(at, send) : send(false));
    await page.done("Done.");
  } catch (error) {
    showError(find(".payments-error"), "Unable to update", `${error.message} request_id: ${error.requestId ?? ""}`, error);
  }
}
