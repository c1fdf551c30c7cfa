// The login page: credentials, then perhaps a captcha or a code.

function startLogin() {
  const form = find("form.credentials");
  const [user, password] = [find('[fltrackinglabel="CredentialsForm-EmailInput"] input'), find('[fltrackinglabel="CredentialsForm-PasswordInput"] input')];
  const submit = find("app-login-signup-button fl-button");
  const check = () => {
    submit.native.disabled = !user.value.trim() || !password.value;
  };
  form.addEventListener("input", check);
  check();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = {
      user: user.value.trim(), password: password.value, remember: form.elements.remember.checked,
      captcha: form.elements.captcha.checked, next: form.dataset.next,
    };
    logIn(submit, "/ajax-api/auth/login.php", fields);
  });
}

async function logIn(submit, address, fields) {
  const banner = find(".login-error");
  banner.clear();
  submit.busy(true);
  try {
    const result = await sendMoney("login", (second) => call("POST", address, fields, second));
    if (result.two_factor) askForCode(result.two_factor);
    else location.assign(result.next);
  } catch (error) {
    if (error.code === "AUTH_CAPTCHA_REQUIRED") find("form.credentials fl-captcha").hidden = false;
    banner.show("", error.code ? error.message : "Something went wrong. Please try again.");
  }
  submit.busy(false);
}

function askForCode(asked) {
  find("form.credentials").hidden = true;
  const form = find("form.two-factor");
  form.hidden = false;
  find(".two-factor-text").textContent = asked.message;
  if (asked.error_code) find(".login-error").show("", asked.message);
  const input = find("input", form);
  const submit = find('button[type="submit"]', form).closest("fl-button");
  input.addEventListener("input", () => {
    submit.native.disabled = !/^\d{6}$/.test(input.value.trim());
  });
  find(".resend", form).addEventListener("click", () => toast("Code sent."));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    logIn(submit, "/ajax-api/auth/two_factor.php", { token: asked.token, code: input.value.trim() });
  });
  input.focus();
}
