// Names the first of {name: Signal} that holds on the page now, or null. Signals are described in flows/profile.py.
(signals) => {
  const squeeze = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
  const shown = (css) => [...document.querySelectorAll(css)].filter((e) => e.checkVisibility({visibilityProperty: true}));
  if (location.protocol === 'chrome-error:') return 'error page';
  if (!document.body) return null;
  const says = (signal) => {
    const places = signal.css ? shown(signal.css) : [document.body];
    if (!places.length) return false;
    if (!signal.text.length) return places.some((place) => squeeze(place.innerText) !== '' || !signal.css);
    return places.some((place) => signal.text.some((text) => squeeze(place.innerText).includes(text)));
  };
  for (const [name, signal] of Object.entries(signals)) {
    if (signal.url && !new RegExp(signal.url).test(location.pathname + location.search)) continue;
    if (signal.gone && shown(signal.gone).length) continue;
    if ((signal.css || signal.text.length) && !says(signal)) continue;
    return name;
  }
  return null;
}
