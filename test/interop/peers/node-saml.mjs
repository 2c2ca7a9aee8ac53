// A service provider of node-saml (the library below passport-saml), with its checks as they come.
import { SAML } from "@node-saml/node-saml";
import { DOMParser } from "@xmldom/xmldom";
import { idpMetadata, serve } from "./serve.mjs";

// The library keeps the IDs of requests it sent here; one store for all requests to this process.
const sent = new Map();
const cacheProvider = {
  saveAsync: async (key, value) => (sent.set(key, value), { value, createdAt: Date.now() }),
  getAsync: async (key) => sent.get(key) ?? null,
  removeAsync: async (key) => (sent.delete(key) ? key : null),
};

serve({
  metadata: async (config) => saml(config, await provider(config)).generateServiceProviderMetadata(config.cert, config.cert),

  async login(config, relay) {
    const sp = saml(config, await provider(config));
    if (config.requestBinding !== "post") return { redirect: await sp.getAuthorizeUrlAsync(relay, undefined, {}) };
    return { action: sp.options.entryPoint, fields: await sp.getAuthorizeMessageAsync(relay) };
  },

  async acs(config, form) {
    const { profile } = await saml(config, await provider(config)).validatePostResponseAsync(form);
    // The library answers a well-signed NoPassive with "nobody", any other refusal with an error.
    if (!profile) return { ok: false, error: "NoPassive" };
    return {
      ok: true,
      nameID: profile.nameID,
      nameIDFormat: profile.nameIDFormat,
      attributes: profile.attributes ?? {},
      sessionIndex: profile.sessionIndex,
      inResponseTo: profile.inResponseTo,
      authnContext: profile.getAssertion().Assertion.AuthnStatement[0].AuthnContext[0].AuthnContextClassRef[0]._,
      relayState: form.RelayState,
    };
  },
});

function saml(config, idp) {
  const post = config.requestBinding === "post";
  const short = (config.signatureAlgorithm ?? "rsa-sha256").replace("rsa-", "");
  return new SAML({
    callbackUrl: `${config.baseUrl}/acs`,
    issuer: config.entityId,
    entryPoint: post ? idp.sso["urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"] : idp.sso["urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"],
    idpCert: idp.certificates,
    idpIssuer: idp.entityId,
    authnRequestBinding: post ? "HTTP-POST" : "HTTP-Redirect",
    skipRequestCompression: post, // else it deflates the POST request too, which the binding does not know
    ...(config.signRequests && { privateKey: config.key, publicCert: config.cert }),
    signatureAlgorithm: short,
    digestAlgorithm: short,
    ...(config.decrypt && { decryptionPvk: config.key }),
    ...(config.nameIdFormat && { identifierFormat: config.nameIdFormat }),
    ...(config.requestedAuthnContext && { authnContext: config.requestedAuthnContext }),
    wantAssertionsSigned: config.wantAssertionsSigned ?? true,
    wantAuthnResponseSigned: config.wantResponseSigned ?? true,
    forceAuthn: config.forceAuthn ?? false,
    passive: config.passive ?? false,
    acceptedClockSkewMs: 1000 * (config.acceptedClockSkew ?? 0),
    validateInResponseTo: config.allowUnsolicited ? "ifPresent" : "always",
    cacheProvider,
  });
}

// provider reads what node-saml wants to be told by hand: certificates and addresses.
async function provider(config) {
  const doc = new DOMParser().parseFromString(await idpMetadata(config), "text/xml");
  const role = [...elements(doc, "IDPSSODescriptor")][0];
  const sso = {};
  for (const e of elements(role, "SingleSignOnService")) sso[e.getAttribute("Binding")] = e.getAttribute("Location");
  const certificates = [];
  for (const key of elements(role, "KeyDescriptor")) {
    if (key.getAttribute("use") === "encryption") continue;
    for (const e of elements(key, "X509Certificate")) certificates.push(e.textContent.replace(/\s/g, ""));
  }
  return { entityId: doc.documentElement.getAttribute("entityID"), sso, certificates };
}

function* elements(parent, name) {
  const found = parent.getElementsByTagNameNS("*", name);
  for (let i = 0; i < found.length; i++) yield found.item(i);
}
