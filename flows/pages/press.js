(() => {
  const CONTROL = 'button, a[href], input[type=submit], input[type=button], input[type=image], [role=button]';
  const OWN = ['fltrackinglabel', 'data-testid', 'id'];
  const oneLine = (text) => (text ?? '').replace(/\s+/g, ' ').trim().slice(0, 120);
  const labelled = (element) => (element.getAttribute('aria-labelledby') ?? '').split(/\s+/)
    .map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
  const nameOf = (element) => oneLine(labelled(element)) || oneLine(element.getAttribute('aria-label'))
    || oneLine(element.innerText) || oneLine(element.value) || oneLine(element.title);
  const roleOf = (element) => element.getAttribute('role') || (element.matches('a[href]') ? 'link' : 'button');
  const locators = (element, role, name) => {
    const found = name ? [`role=${role}[name=${JSON.stringify(name)}]`] : [];
    for (let up = element; up; up = up.parentElement) {
      const own = OWN.find((attribute) => up.getAttribute(attribute));
      if (own) {
        const self = `[${own}=${JSON.stringify(up.getAttribute(own))}]`;
        found.push(up === element ? self : `${self} ${element.localName}`);
        break;
      }
    }
    return found;
  };
  document.addEventListener('click', (event) => {
    const control = event.composedPath().find((each) => each instanceof Element && each.matches(CONTROL));
    if (!event.isTrusted || !control) return;
    const role = roleOf(control), name = nameOf(control), awaited = globalThis.milepostAwaits;
    globalThis.milepostPressed?.({role, name, locators: locators(control, role, name), expected: control === awaited});
  }, true);
})()
