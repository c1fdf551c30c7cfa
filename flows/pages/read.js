// Reads a page whole in one go: single values and lists, as described by a PageSpec of flows/profile.py.
// Called with {values, lists, final}. Returns null while a list is not whole and `final` is false.
(spec) => {
  const squeeze = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
  const seen = (element) => element.checkVisibility({visibilityProperty: true, opacityProperty: false});
  const textOf = (element) => squeeze(element.innerText ?? element.textContent);
  const all = (root, css) => [...(root.matches?.(css) ? [root] : []), ...root.querySelectorAll(css)].filter(seen);
  const isLabel = (element, label) =>
    squeeze(element.textContent).replace(/\s*:$/, '').toLowerCase() === label.toLowerCase();

  const byColumn = (row, label) => {
    const cell = row.closest('tr, [role=row]');
    const table = row.closest('table, [role=table], [role=grid]');
    if (!cell || !table) return [];
    const heads = [...table.querySelectorAll('th, [role=columnheader]')].filter((head) => isLabel(head, label));
    if (heads.length !== 1) return [];
    const place = [...heads[0].parentElement.children].indexOf(heads[0]);
    return [cell.children[place]].filter(Boolean);
  };
  const byCaption = (row, label) => {
    const beside = [...row.querySelectorAll('dt, th, label, span, strong, b, div, p, fl-text')]
      .filter((element) => element.childElementCount === 0 && isLabel(element, label) && seen(element))
      .map((element) => element.nextElementSibling)
      .filter(Boolean);
    const marked = [...row.querySelectorAll('[data-label]')].filter((e) => e.dataset.label === label && seen(e));
    return [...new Set([...beside, ...marked])];
  };
  const elementsOf = (root, source) => {
    if (source.label) {
      const column = byColumn(root, source.label);
      return column.length ? column : byCaption(root, source.label);
    }
    return source.css ? all(root, source.css) : [root];
  };
  const one = (root, source) => {
    let elements = elementsOf(root, source);
    if (source.label && source.css) elements = elements.flatMap((element) => all(element, source.css));
    if (elements.length !== 1) return null;
    const text = source.attr ? elements[0].getAttribute(source.attr) : textOf(elements[0]);
    if (text === null) return null;
    if (!source.match) return text;
    const found = new RegExp(source.match, 'i').exec(text);
    return found ? squeeze(found[1] ?? found[0]) : null;
  };
  const value = (root, sources) => {
    for (let i = 0; i < sources.length; i++) {
      const text = one(root, sources[i]);
      if (text !== null && text !== '') return {text, used: i};
    }
    return {text: null, used: -1};
  };

  const headings = Object.values(spec.lists).flatMap((list) => list.headings);
  const isHeading = (element) => headings.some((text) => isLabel(element, text));
  const titles = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6, [role=heading], caption, legend')]
    .filter((element) => seen(element) && isHeading(element));
  const after = (a, b) => Boolean(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING);

  // Numbers of a total: "21-40 of 63" (three groups), "3 of 3 milestones" (two: shown, all) or "5 milestones" (one: all).
  const totals = (a, b, c) => {
    if (c !== undefined) return {rows: b - a + 1, to: b, of: c};
    return b !== undefined ? {rows: a, to: a, of: b} : {rows: a, to: a, of: a};
  };
  const totalOf = (list, inside) => {
    for (const source of list.total) {
      const found = all(document.body, source.css ?? 'body').filter(inside);
      if (found.length !== 1) continue;
      const text = source.attr ? found[0].getAttribute(source.attr) : textOf(found[0]);
      const match = text !== null && new RegExp(source.match, 'i').exec(text);
      if (!match) continue;
      const numbers = match.slice(1).map((digits) => Number(digits.replace(/[^0-9]/g, '')));
      return totals(...numbers);
    }
    return null;
  };
  const readList = (list) => {
    const own = titles.filter((title) => list.headings.some((text) => isLabel(title, text)));
    if (list.headings.length && own.length !== 1) {
      return {headings: own.length, used: -1, rows: [], empty: false, total: null};
    }
    const start = own[0];
    const next = start && titles.find((title) => title !== start && after(start, title));
    const inside = (element) => !start || (after(start, element) && (!next || after(element, next)));
    let rows = [], used = -1;
    for (let i = 0; i < list.rows.length && used < 0; i++) {
      rows = all(document.body, list.rows[i]).filter(inside);
      if (rows.length) used = i;
    }
    const says = (element) => list.empty.some((text) => squeeze(element.textContent) === text);
    const empty = [...document.body.querySelectorAll('*')].some((e) => says(e) && inside(e) && seen(e));
    const fields = Object.entries(list.fields);
    return {
      headings: own.length, used, empty, total: totalOf(list, inside),
      rows: rows.map((row) => Object.fromEntries(fields.map(([name, sources]) => [name, value(row, sources)]))),
    };
  };

  const page = {
    url: location.href,
    title: document.title,
    values: Object.fromEntries(Object.entries(spec.values).map(([k, s]) => [k, value(document.documentElement, s)])),
    lists: Object.fromEntries(Object.entries(spec.lists).map(([name, list]) => [name, readList(list)])),
  };
  const needed = spec.required.every((name) => page.values[name].text !== null);
  const busy = spec.busy && document.querySelector(spec.busy) !== null;
  const whole = needed && !busy && Object.entries(page.lists).every(([name, list]) => {
    if (!spec.lists[name].total.length) return list.rows.length >= spec.lists[name].least;
    if (list.rows.length) return list.total !== null && list.total.rows === list.rows.length;
    return list.empty || (spec.lists[name].optional && list.headings === 0 && spec.lists[name].headings.length > 0);
  });
  return whole || spec.final ? {...page, whole} : null;
}
