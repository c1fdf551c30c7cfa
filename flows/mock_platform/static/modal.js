// Modals, and the error texts of the money dialogs.

function openModal(label, ...content) {
  const box = h("dialog", { "aria-label": label }, ...content);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

function askFirst(title, text, label, act) {
  const go = button(label, async () => {
    box.close();
    await act();
  });
  const box = openModal(title, h("h2", {}, title), h("p", {}, text), button("Back", () => box.close(), { plain: true }), go);
  box.dataset.invented = "";
}

function creationErrorText(error, freelancer) {
  const ask = `Please message ${freelancer} or contact support@freelancer.com with request ID: ${error.requestId} if the issue persists.`;
  if (error.code === "PROFILE_INCOMPLETE") {
    return `We require that ${freelancer} completes their profile before a Milestone Payment can be created. ${ask}`;
  }
  if (error.code === "ESCROWCOM_ACCOUNT_UNLINKED") {
    return `We require that ${freelancer} agrees to the Escrow.com terms before a Milestone Payment can be created. ${ask}`;
  }
  if (error.code === "AUTH_CAPTCHA_REQUIRED") return error.message;
  const id = error.requestId ?? "";
  const detail = error.code && error.code !== "UserExceptionCodes.GAF_EXCEPTION" ? ` (${error.code}: ${error.message})` : "";
  return `The milestone creation request failed. Please try again or contact support@freelancer.com with request_id: ${id}${detail}`;
}

function releaseErrorText(error) {
  const known = [
    "PROJECT_NOT_ACCEPTED",
    "MILESTONE_DISPUTE_PENDING",
    "NOT_FOUND",
    "PROFILE_INCOMPLETE",
    "EMAIL_VERIFICATION_REQUIRED",
    "PHONE_VERIFICATION_REQUIRED",
    "IDENTITY_VERIFICATION_REQUIRED",
    "USER_ACCOUNT_LIMITED",
    "USER_ACCOUNT_FULL_RESTRICTION",
  ];
  if (known.includes(error.code)) return error.message;
  return `An unknown error occurred while trying to release the milestone. Please try again or contact support@freelancer.com with request_id: ${error.requestId ?? ""}`;
}

function showError(banner, title, text, error) {
  banner.show(title, text);
  if (error?.code === "AUTH_CAPTCHA_REQUIRED") {
    const box = h("label", {}, h("input", { type: "checkbox", name: "captcha" }), " I'm not a robot");
    banner.append(h("fl-captcha", { role: "group", "aria-label": "CAPTCHA", "data-invented": true }, box));
  }
}
