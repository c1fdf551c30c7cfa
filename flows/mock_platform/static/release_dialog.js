// Client: release a milestone, in full or in part. First the amount, then the checkbox (knob release_steps).

function openRelease(project, milestone, done) {
  if (knobs.release_steps === "one") {
    confirmRelease(project, milestone, milestone.amount_plain, done, true);
    return;
  }
  const amount = amountField(project, milestone.amount_plain);
  const go = button("Release", () => {
    box.close();
    confirmRelease(project, milestone, amount.value.trim(), done, false);
  });
  const box = openModal("Release milestone", h("h2", {}, "Release milestone"), h("p", {}, milestone.other_reason),
    labelled(`Amount (${project.currency.code})`, "release-amount", amount.host),
    button("Cancel", () => box.close(), { plain: true }), go);
  box.dataset.invented = "";
  amount.watch((problem) => {
    go.native.disabled = Boolean(problem);
  });
}

function amountField(project, value) {
  const native = h("input", { id: "release-amount", class: "NativeElement", type: "number", step: "any", value });
  const host = h("fl-input", { fltrackinglabel: "MilestoneReleaseModalInputAmount", "data-invented": true },
    h("span", { class: "money-field" }, `${project.currency.sign} `, native));
  return {
    host,
    get value() {
      return native.value;
    },
    watch: (tell) => native.addEventListener("input", () => {
      const problem = amountProblem(native.value.trim());
      host.problem(problem);
      tell(problem);
    }),
  };
}

function confirmRelease(project, milestone, amountText, done, editable) {
  const who = project.counterparty;
  const amount = amountField(project, amountText);
  const text = editable ? milestone.amount_text : `${amountText} ${project.currency.code}`;
  const shown = amountText === milestone.amount_plain ? milestone.amount_text : text;
  const tick = h("input", { type: "checkbox" });
  const banner = h("fl-banner-alert", { hidden: true });
  const go = button("Release Payment", () => send(), { label: "MilestoneReleaseModalReleaseButton", disabled: true });
  tick.addEventListener("change", () => {
    go.native.disabled = !tick.checked;
  });
  const box = openModal("Confirm payment release",
    h("h2", {}, "Confirm payment release"), h("h3", {}, `Confirm release of payment for ${who}`), banner,
    h("p", { class: "release-what" }, h("span", { class: "description" }, milestone.other_reason), " ",
      h("span", { class: "amount" }, shown)),
    editable ? labelled(`Amount (${project.currency.code})`, "release-amount", amount.host) : null,
    h("p", {}, `Please ensure that you are satisfied with the work ${who} has submitted, as Milestone Payments cannot be returned once released.`),
    h("fl-checkbox", { fltrackinglabel: "MilestoneReleaseModalCheckbox" },
      h("label", {}, tick, " My freelancer has delivered satisfactory work.")),
    button("Cancel", () => box.close(), { label: "MilestoneReleaseModalCancelButton", plain: true }), go);
  box.setAttribute("fltrackingsection", "MilestoneReleaseModal");

  async function send() {
    const sum = editable ? amount.value.trim() : amountText;
    if (!confirmed(`${sum} ${project.currency.code}`)) return;
    banner.clear();
    go.busy(true, "MilestoneReleaseModalSpinner");
    const body = { action: "release", amount: Number(sum) };
    try {
      await sendMoney("milestone.release", (second) =>
        call("PUT", `/api/projects/0.1/milestones/${milestone.transaction_id}/`, body, second));
      box.close();
      done("Milestone released.");
    } catch (error) {
      showError(banner, "Unable to release milestone", releaseErrorText(error), error);
    }
    go.busy(false);
  }
}
