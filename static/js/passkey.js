// Passkeys: fills in the forms that have data-passkey ("create", "get" or "log-in") and sends them.
// Without this script, or in a browser without passkeys, each form says so in words.

const fromBase64 = (text) =>
  Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")),
    (character) => character.charCodeAt(0),
  );

const toBase64 = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const known = (list) => (list ?? []).map((each) => ({ ...each, id: fromBase64(each.id) }));

// The server's options, whose bytes are written in base64url, as the browser takes them.
function options(form) {
  return form.dataset.passkey === "log-in"
    ? fetch(form.action, { headers: { Accept: "application/json" } })
        .then((response) => (response.ok ? response.json() : Promise.reject(response.status)))
        .then((data) => data.request_options.publicKey)
    : Promise.resolve(JSON.parse(document.getElementById("passkey-options").textContent)).then(
        (data) => (data.creation_options ?? data.request_options).publicKey,
      );
}

async function create(form) {
  const publicKey = await options(form);
  const alone = form.elements.namedItem("passwordless")?.checked ?? false;
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: fromBase64(publicKey.challenge),
      user: { ...publicKey.user, id: fromBase64(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: alone ? "required" : "discouraged",
        requireResidentKey: alone,
        ...(alone ? { userVerification: "required" } : {}),
      },
    },
  });
  return written(credential, {
    attestationObject: toBase64(credential.response.attestationObject),
    transports: credential.response.getTransports?.() ?? [],
  });
}

async function get(form) {
  const publicKey = await options(form);
  const credential = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: fromBase64(publicKey.challenge),
      allowCredentials: known(publicKey.allowCredentials),
    },
  });
  const { authenticatorData, signature, userHandle } = credential.response;
  return written(credential, {
    authenticatorData: toBase64(authenticatorData),
    signature: toBase64(signature),
    userHandle: userHandle ? toBase64(userHandle) : null,
  });
}

// As the server reads it: the standard's JSON form of a credential.
function written(credential, response) {
  return JSON.stringify({
    type: credential.type,
    id: credential.id,
    rawId: toBase64(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      clientDataJSON: toBase64(credential.response.clientDataJSON),
      ...response,
    },
  });
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("[data-passkey]") : []) {
  const go = form.querySelector("[data-passkey-go]");
  const failed = form.querySelector("[data-passkey-failed]");
  form.querySelector("[data-passkey-cannot]").hidden = true;
  go.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    go.disabled = true;
    try {
      form.elements.namedItem("credential").value = await (
        form.dataset.passkey === "create" ? create : get
      )(form);
      form.submit();
    } catch {
      failed.hidden = false;
    } finally {
      go.disabled = false;
    }
  });
}
