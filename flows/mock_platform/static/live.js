// Rows that change without a reload: by polling a change number, by server-sent events, or not at all (knob live).
// The lists say which change number they show, so that nothing is missed between loading and listening.

function watchProject(page) {
  const hear = (version) => {
    if (page.version === null) page.version = version;
    if (version !== page.version) page.reload();
  };
  if (knobs.live === "sse") {
    const stream = new EventSource(`/live?project=${page.project.id}`);
    stream.addEventListener("message", (event) => hear(JSON.parse(event.data).version));
    addEventListener("pagehide", () => stream.close());
  }
  if (knobs.live === "poll") poll(page.project.id, hear);
}

async function poll(project, hear) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, Number(knobs.poll_ms)));
    try {
      const response = await fetch(`/live/version?project=${project}`);
      if (!response.ok) return;
      hear((await response.json()).result.version);
    } catch {
      // the server is away for a moment; the next round asks again
    }
  }
}
