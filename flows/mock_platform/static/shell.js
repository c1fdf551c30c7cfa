// What every page does, and which script a page starts with.

function startCaptcha() {
  const root = find("app-security-check");
  const go = find("button", root);
  find("input", root).addEventListener("change", (event) => {
    go.disabled = !event.target.checked;
  });
  go.addEventListener("click", () => location.assign(root.dataset.next));
}

const starts = {
  login: startLogin,
  manage: startManage,
  payments: startPayments,
  deposit: startDeposit,
  captcha: startCaptcha,
};
starts[document.body.dataset.page]?.();

if (knobs.telemetry === "on") {
  setInterval(() => navigator.sendBeacon("/ajax-api/telemetry.php", document.body.dataset.page), 2000);
}
