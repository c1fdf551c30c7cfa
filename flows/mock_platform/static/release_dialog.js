// Client: release a milestone, in full or in part. First the amount, then the checkbox (knob release_steps).

function releaseAmount(project, value) {
  return moneyInput(project.currency, {
    id: "release-amount", label: "MilestoneReleaseModalInputAmount", value, invented: true,
  });
}

function openRelease(project, milestone, done) {
  if (knobs.release_steps === "one") {
    confirmRelease(project, milestone, releaseAmount(project, milestone.amount_plain), done);
    return;
  }
  const amount = releaseAmount(project, milestone.amount_plain);
  const go = button("Release", () => {
    box.close();
    confirmRelease(project, milestone, amount, done);
  });
  const box = openModal("Release milestone", h("h2", {}, "Release milestone"), h("p", {}, milestone.other_reason),
    labelled(`Amount (${project.currency.code})`, "release-amount", amount),
    button("Cancel", () => box.close(), { plain: true }), go);
  box.dataset.invented = "";
  amount.addEventListener("input", () => {
    const problem = amountProblem(withoutCommas(amount.native.value));
    amount.problem(problem);
    go.native.disabled = Boolean(problem);
  });
}

function confirmRelease(project, milestone, amount, done) {
  const who = project.counterparty;
  const typed = amount.native.value.trim();
  const whole = knobs.release_steps === "one" || typed === milestone.amount_plain;
  const shown = whole ? milestone.amount_text : `${typed} ${project.currency.code}`;
  const tick = h("input", { type: "checkbox" });
  const banner = h("fl-banner-alert", { hidden: true });
  const go = button("Release Payment", () => sendRelease(project, milestone, amount, { box, banner, go, done }),
    { label: "MilestoneReleaseModalReleaseButton", disabled: true });
  tick.addEventListener("change", () => {
    go.native.disabled = !tick.checked;
  });
  const box = openModal("Confirm payment release",
    h("h2", {}, "Confirm payment release"), h("h3", {}, `Confirm release of payment for ${who}`), banner,
    h("p", { class: "release-what" }, h("span", { class: "description" }, milestone.other_reason), " ",
      h("span", { class: "amount" }, shown)),
    knobs.release_steps === "one" ? labelled(`Amount (${project.currency.code})`, "release-amount", amount) : null,
    h("p", {}, `Please ensure that you are satisfied with the work ${who} has submitted, as Milestone Payments cannot be returned once released.`),
    h("fl-checkbox", { fltrackinglabel: "MilestoneReleaseModalCheckbox" },
      h("label", {}, tick, " My freelancer has delivered satisfactory work.")),
    button("Cancel", () => box.close(), { label: "MilestoneReleaseModalCancelButton", plain: true }), go);
  box.setAttribute("fltrackingsection", "MilestoneReleaseModal");
}

async function sendRelease(project, milestone, amount, { box, banner, go, done }) {
  const sum = rewrites[knobs.rewrite_amount].sent(amount.native.value.trim());
  if (!confirmed(`${sum} ${project.currency.code}`)) return;
  banner.clear();
  go.busy(true, "MilestoneReleaseModalSpinner");
  const address = `/api/projects/0.1/milestones/${milestone.transaction_id}/`;
  const body = { action: "release", amount: Number(sum) };
  try {
    await sendMoney("milestone.release", (second) => call("PUT", address, body, second));
    box.close();
    done("Milestone released.");
  } catch (error) {
    showError(banner, "Unable to release milestone", releaseErrorText(error), error);
  }
  go.busy(false);
}
