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
      const { version } = await call("GET", `/live/version?project=${project}`);
      if (known !== null && version !== known) changed();
      known = version;
    } catch (error) {
      if (error instanceof SiteError) return;
    }
    await new Promise((resolve) => setTimeout(resolve, Number(knobs.poll_ms)));
  }
}
