// What a page offers for ways to values: headings; for the first row of each list its labels and own attributes.
// Called with {rows: {list: [css, ...]}}.
(asked) => {
  const squeeze = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
  const seen = (element) => element.checkVisibility({visibilityProperty: true, opacityProperty: false});
  const texts = (elements) => [...new Set([...elements].filter(seen).map((e) => squeeze(e.textContent).replace(/\s*:$/, '')))]
    .filter((text) => text && text.length < 60);
  const leaves = (root) => [...root.querySelectorAll('dt, th, label, span, strong, b, div, p, fl-text')]
    .filter((e) => e.childElementCount === 0 && e.nextElementSibling);
  const labelsOf = (row) => {
    const table = row.closest('table, [role=table], [role=grid]');
    return texts(table ? table.querySelectorAll('th, [role=columnheader]') : leaves(row));
  };
  const lists = {};
  for (const [name, candidates] of Object.entries(asked.rows)) {
    const found = candidates.map((css) => [...document.querySelectorAll(css)].filter(seen)).find((rows) => rows.length) ?? [];
    const groups = Map.groupBy(found, (row) => row.parentElement);
    lists[name] = [...groups.values()].map((rows) => ({
      labels: labelsOf(rows[0]),
      attributes: rows[0].getAttributeNames().filter((attr) => attr.startsWith('data-') &&
        new Set(rows.map((row) => row.getAttribute(attr))).size === rows.length &&
        rows.every((row) => /^[\w.-]{1,60}$/.test(row.getAttribute(attr) ?? ''))),
    }));
  }
  return {
    headings: texts(document.querySelectorAll('h1, h2, h3, h4, h5, h6, [role=heading], caption, legend')),
    labels: texts(leaves(document.body)),
    lists,
  };
}
