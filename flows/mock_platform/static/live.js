// Rows that change without a reload: by polling a change number, by server-sent events, or not at all (knob live).

function watchProject(project, changed) {
  if (knobs.live === "sse") {
    const stream = new EventSource(`/live?project=${project}`);
    stream.addEventListener("message", changed);
    addEventListener("pagehide", () => stream.close());
  }
  if (knobs.live === "poll") poll(project, changed);
}

async function poll(project, changed) {
  let known = null;
  for (;;) {
    try {
      const response = await fetch(`/live/version?project=${project}`);
      if (!response.ok) return;
      const { version } = (await response.json()).result;
      if (known !== null && version !== known) changed();
      known = version;
    } catch {
      // the server is away for a moment; the next round asks again
    }
    await new Promise((resolve) => setTimeout(resolve, Number(knobs.poll_ms)));
  }
}
