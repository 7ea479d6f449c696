// Passkeys: a form with data-passkey asks the browser for a credential, puts it in its field `credential`, and is sent.
//   data-passkey="sign-in"   asks the server for a question first, and finds out who it is
//   data-passkey="get"       answers the question in the element #passkey-options
//   data-passkey="create"    makes a new passkey as the element says; the box `passwordless` makes it one for signing in

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withBytes = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));

async function create(options, passwordless) {
  const asked = { ...options, challenge: toBytes(options.challenge) };
  asked.user = { ...options.user, id: toBytes(options.user.id) };
  asked.excludeCredentials = withBytes(options.excludeCredentials);
  asked.authenticatorSelection = {
    ...options.authenticatorSelection,
    residentKey: passwordless ? "required" : "discouraged",
    requireResidentKey: passwordless,
  };
  if (passwordless) asked.authenticatorSelection.userVerification = "required";
  const made = await navigator.credentials.create({ publicKey: asked });
  return {
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    },
  };
}

async function get(options) {
  const asked = { ...options, challenge: toBytes(options.challenge) };
  asked.allowCredentials = withBytes(options.allowCredentials);
  const found = await navigator.credentials.get({ publicKey: asked });
  const { userHandle } = found.response;
  return {
    id: found.id,
    rawId: toText(found.rawId),
    type: found.type,
    clientExtensionResults: found.getClientExtensionResults(),
    response: {
      clientDataJSON: toText(found.response.clientDataJSON),
      authenticatorData: toText(found.response.authenticatorData),
      signature: toText(found.response.signature),
      userHandle: userHandle ? toText(userHandle) : null,
    },
  };
}

async function fetchQuestion(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no question");
  return (await answer.json()).request_options.publicKey;
}

function readQuestion(name) {
  return JSON.parse(document.getElementById("passkey-options").textContent)[name].publicKey;
}

async function ask(form) {
  if (form.dataset.passkey === "sign-in") return get(await fetchQuestion(form.action));
  if (form.dataset.passkey === "get") return get(readQuestion("request_options"));
  const box = form.elements.namedItem("passwordless");
  return create(readQuestion("creation_options"), Boolean(box && box.checked));
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      form.elements.namedItem("credential").value = JSON.stringify(await ask(form));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
