// Lists as a table or as cards (knob list_markup). columns: [heading, class, cell(row)]

function renderRows(place, rows, { columns, attributes, label }) {
  if (!rows.length) {
    place.replaceChildren();
    return;
  }
  place.replaceChildren(knobs.list_markup === "cards" ? cards(rows, columns, attributes, label) : table(rows, columns, attributes, label));
}

function table(rows, columns, attributes, label) {
  return h("table", { "aria-label": label },
    h("thead", {}, h("tr", {}, columns.map(([heading]) => h("th", { scope: "col" }, heading)))),
    h("tbody", {}, rows.map((row) =>
      h("tr", attributes(row), columns.map(([, name, cell]) => h("td", { class: name }, cell(row)))))));
}

function cards(rows, columns, attributes, label) {
  return h("div", { role: "list", "aria-label": label }, rows.map((row) =>
    h("fl-bit", { class: "card", role: "listitem", ...attributes(row) }, columns.map(([heading, name, cell]) =>
      h("div", {}, heading ? h("span", { class: "card-label" }, `${heading}: `) : null, h("span", { class: name }, cell(row)))))));
}

// A "more" menu: [[text, act]]
function moreMenu(entries, label) {
  const menu = h("div", { class: "menu", role: "menu", hidden: true }, entries.map(([text, act]) =>
    h("button", { type: "button", role: "menuitem", class: "plain", onclick: () => {
      menu.hidden = true;
      act();
    } }, text)));
  const opener = button("▾", () => {
    menu.hidden = !menu.hidden;
    opener.native.setAttribute("aria-expanded", String(!menu.hidden));
  }, { aria: label, plain: true });
  opener.querySelector("button").setAttribute("aria-haspopup", "menu");
  return [opener, menu];
}
