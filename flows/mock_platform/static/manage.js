// My Projects: the list, loaded after the document, with search, filter and paging that keep the document.

function startManage() {
  const form = find("form.search");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    turnTo({ query: form.elements.query.value, filter: form.elements.filter.value, show: form.elements.show.value, page: 1 });
  });
  for (const name of ["filter", "show"]) form.elements[name].addEventListener("change", () => form.requestSubmit());
  addEventListener("popstate", loadProjects);
  loadProjects();
}

function asked() {
  const query = new URLSearchParams(location.search);
  const show = Number(query.get("show")) === 20 ? 20 : 10;
  return { query: query.get("query") ?? "", filter: query.get("filter") || "All", show, page: Math.max(1, Number(query.get("page")) || 1) };
}

function addressOf({ query, filter, show, page }) {
  const tail = page > 1 ? `&page=${page}` : "";
  return `${location.pathname}?query=${encodeURIComponent(query)}&filter=${encodeURIComponent(filter)}&show=${show}${tail}`;
}

function turnTo(wanted) {
  history.pushState(null, "", addressOf(wanted));
  loadProjects();
}

async function loadProjects() {
  const place = find("section.list");
  const root = find("app-manage-projects");
  const wanted = asked();
  const form = find("form.search");
  Object.assign(form.elements.query, { value: wanted.query });
  form.elements.filter.value = wanted.filter;
  form.elements.show.value = String(wanted.show);
  place.setAttribute("aria-busy", "true");
  place.replaceChildren(h("fl-spinner", { role: "progressbar", "aria-label": "Loading" }));
  find("nav.paging").replaceChildren();
  const query = new URLSearchParams({
    state: root.dataset.tab, query: wanted.query, filter: wanted.filter, limit: wanted.show, offset: (wanted.page - 1) * wanted.show,
  });
  if (root.dataset.kind === "work") query.set("type", "ongoing");
  const address = root.dataset.kind === "work" ? "/ajax-api/manage/bids.php" : "/ajax-api/manage/projects.php";
  try {
    showProjects(place, root.dataset.kind, await call("GET", `${address}?${query}`), wanted);
  } catch (error) {
    const banner = h("fl-banner-alert", {});
    place.replaceChildren(banner);
    showError(banner, "Unable to load projects", `${error.message} request_id: ${error.requestId ?? ""}`, error);
  }
  place.setAttribute("aria-busy", "false");
}

function showProjects(place, kind, answer, wanted) {
  renderRows(place, answer.projects, {
    label: "My Projects",
    attributes: (row) => ({ "data-project-id": row.id }),
    columns: [
      ["Project", "title", (row) => projectLink(row)],
      ["ID", "ref", (row) => String(row.id)],
      [kind === "work" ? "Client" : "Freelancer", "counterparty", (row) => row.counterparty ?? "—"],
      ["Bid", "bid", (row) => row.bid_text],
      ["Currency", "currency", (row) => row.currency.code],
      ["Status", "status", (row) => row.status_text],
      ["Posted", "date", (row) => row.date_text],
      ...(knobs.list_activity === "on" ? [["Last activity", "activity", (row) => h("time", { datetime: row.activity }, row.activity_text)]] : []),
    ],
  });
  if (answer.total === undefined) return;
  if (!answer.total) {
    const filtered = wanted.query || wanted.filter !== "All";
    const hint = kind === "jobs" && !filtered ? [h("p", {}, "Create one to get started!")] : [];
    const empty = filtered ? "No projects match." : "You do not have any active projects.";
    place.replaceChildren(h("p", { class: "empty" }, empty), ...hint);
  }
  showPaging(answer, wanted);
}

function projectLink(row) {
  const link = h("a", { href: `/projects/${row.seo_url}`, fltrackinglabel: "RedirectToPVP", fltrackingreferenceid: row.id }, row.title);
  return h("app-manage-project-title", {}, h("fl-link", {}, link));
}

function showPaging(answer, wanted) {
  const count = answer.projects.length;
  const first = count ? answer.offset + 1 : 0;
  const last = count ? answer.offset + count : 0;
  const pages = Math.ceil(answer.total / wanted.show);
  const link = (text, page, label) => {
    const target = { ...wanted, page };
    const go = (event) => {
      event.preventDefault();
      turnTo(target);
    };
    const current = page === wanted.page && !label;
    return h("fl-link", {}, h("a", { href: addressOf(target), onclick: go, rel: label, "aria-current": current ? "page" : null }, text));
  };
  find("nav.paging").replaceChildren(
    h("fl-text", { class: "stated-total", "data-total": answer.total }, `${first}-${last} of ${answer.total}`),
    wanted.page > 1 ? link("Previous", wanted.page - 1, "prev") : "",
    ...Array.from({ length: pages }, (_, number) => link(String(number + 1), number + 1)),
    wanted.page < pages ? link("Next", wanted.page + 1, "next") : "",
  );
}
