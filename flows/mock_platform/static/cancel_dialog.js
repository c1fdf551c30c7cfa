// Client: ask the freelancer to cancel a milestone.

function openCancellationRequest(project, milestone, reasons, done) {
  const select = h("select", { id: "cancel-reason" }, h("option", { value: "" }, ""),
    Object.entries(reasons).map(([value, text]) => h("option", { value }, text)));
  const other = h("input", { id: "other-reason", class: "NativeElement", type: "text", placeholder: "Shown to your Freelancer" });
  const otherHost = h("fl-input", { fltrackinglabel: "OtherReasonInput", hidden: true }, other);
  const banner = h("fl-banner-alert", { hidden: true });
  const go = button("Request Cancellation", () => send(), { label: "RequestCancellationButton", disabled: true });
  select.addEventListener("change", () => {
    otherHost.hidden = select.value !== "other";
    go.native.disabled = !select.value;
  });
  const facts = [
    ["Project Name", project.title], ["Freelancer Name", project.counterparty],
    ["Milestone Description", milestone.other_reason], ["Milestone Amount", milestone.amount_text],
    ["Date Created", milestone.date_text],
  ];
  const box = openModal("Milestone Cancellation Request",
    h("h2", {}, "Milestone Cancellation Request"),
    h("p", {}, "In order to cancel a milestone, you need to send a cancellation request to your freelancer. Once they accept the request, the milestone will be cancelled and the funds will be returned to you. If the request is denied, you can initiate a dispute ",
      h("a", { href: "/dispute/disputeslist.php" }, "here")),
    banner, h("dl", {}, facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    labelled("Why do you want to cancel this milestone?", "cancel-reason", h("fl-select", { fltrackinglabel: "ReasonSelect" }, select)),
    otherHost, button("Cancel", () => box.close(), { plain: true }), go);

  async function send() {
    go.busy(true);
    const body = { action: "request_cancel", reason: select.value, reason_text: other.value };
    try {
      await call("PUT", `/api/projects/0.1/milestones/${milestone.transaction_id}/`, body);
      box.close();
      done("Cancellation requested.");
    } catch (error) {
      showError(banner, "Unable to request cancellation", `${error.message} request_id: ${error.requestId ?? ""}`, error);
    }
    go.busy(false);
  }
}
