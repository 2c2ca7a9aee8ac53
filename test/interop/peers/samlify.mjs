// A service provider of samlify. It asks for a schema validator: xmllint with the OASIS schemas is the strictest at hand.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import samlify from "samlify";
import { idpMetadata, serve } from "./serve.mjs";

const { Constants, IdentityProvider, SamlLib, ServiceProvider, setSchemaValidator } = samlify;
const catalog = fileURLToPath(new URL("../catalog.xml", import.meta.url));
const schema = "/usr/share/xml/opensaml/saml-schema-protocol-2.0.xsd";
const binding = Constants.namespace.binding;
const algorithms = {
  "rsa-sha256": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
  "rsa-sha512": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
  "rsa-pss-sha256": "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
};
const sent = new Set(); // IDs of our requests; the library leaves matching them to the application

setSchemaValidator({
  validate: (xml) =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, XML_CATALOG_FILES: catalog };
      const child = spawn("xmllint", ["--nonet", "--noout", "--schema", schema, "-"], { env, stdio: ["pipe", "ignore", "pipe"] });
      let complaint = "";
      child.stderr.on("data", (text) => (complaint += text));
      child.on("error", reject);
      child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`schema: ${complaint}`))));
      child.stdin.end(xml);
    }),
});

serve({
  metadata: (config) => sp(config).getMetadata(),

  async login(config, relayState) {
    const idp = await provider(config);
    const way = config.requestBinding === "post" ? "post" : "redirect";
    const request = sp(config).createLoginRequest(idp, way, { relayState, forceAuthn: config.forceAuthn || undefined, ...passive(config, idp, way) });
    sent.add(request.id);
    if (way === "redirect") return { redirect: request.context };
    const fields = { SAMLRequest: request.context, ...(relayState && { RelayState: relayState }) };
    return { action: request.entityEndpoint, fields };
  },

  async acs(config, form) {
    const idp = await provider(config);
    const { extract } = await sp(config).parseLoginResponse(idp, "post", { body: form });
    requireOurs(config, extract);
    return {
      ok: true,
      nameID: extract.nameID,
      attributes: extract.attributes ?? {},
      sessionIndex: extract.sessionIndex?.sessionIndex,
      inResponseTo: extract.response?.inResponseTo,
      relayState: form.RelayState,
    };
  },
});

// requireOurs does what samlify's manual leaves to the application: audience, destination and the request we sent.
function requireOurs(config, { audience, response }) {
  if (![audience].flat().includes(config.entityId)) throw new Error(`audience is ${audience}, not ${config.entityId}`);
  if (response.destination !== `${config.baseUrl}/acs`) throw new Error(`destination is ${response.destination}`);
  const known = response.inResponseTo ? sent.delete(response.inResponseTo) : config.allowUnsolicited;
  if (!known) throw new Error(`no request ${response.inResponseTo} was sent`);
}

function sp(config) {
  return ServiceProvider({
    entityID: config.entityId,
    authnRequestsSigned: config.signRequests ?? false,
    wantAssertionsSigned: config.wantAssertionsSigned ?? false,
    wantMessageSigned: config.wantResponseSigned ?? false,
    requestSignatureAlgorithm: algorithms[config.signatureAlgorithm ?? "rsa-sha256"],
    allowCreate: true,
    ...(config.nameIdFormat && { nameIDFormat: [config.nameIdFormat] }),
    ...(config.signRequests && { privateKey: config.key, signingCert: config.cert }),
    ...(config.decrypt && { encPrivateKey: config.key, encryptCert: config.cert }),
    assertionConsumerService: [{ Binding: binding.post, Location: `${config.baseUrl}/acs` }],
    // A positive drift makes the library's NotBefore check stricter, hence the sign.
    clockDrifts: [-1000 * (config.acceptedClockSkew ?? 0), 1000 * (config.acceptedClockSkew ?? 0)],
  });
}

// samlify sends nothing unless its AuthnRequestsSigned equals the identity provider's WantAuthnRequestsSigned; whoever
// uses it edits the imported metadata, as done here.
async function provider(config) {
  const want = `WantAuthnRequestsSigned="${config.signRequests ?? false}"`;
  const bare = (await idpMetadata(config)).replace(/\s+WantAuthnRequestsSigned="[^"]*"/, "");
  return IdentityProvider({
    metadata: bare.replace(/(<(?:\w+:)?IDPSSODescriptor)\b/, `$1 ${want}`),
    isAssertionEncrypted: config.decrypt ?? false,
  });
}

// passive: samlify has no option for IsPassive, only a template of one's own.
function passive(config, idp, way) {
  if (!config.passive) return {};
  const customTagReplacement = (template) => {
    const id = `_${randomUUID()}`;
    const context = SamlLib.replaceTagsByValue(template.replace(" Version=", ' IsPassive="true" Version='), {
      ID: id,
      Destination: idp.entityMeta.getSingleSignOnService(way),
      Issuer: config.entityId,
      IssueInstant: new Date().toISOString(),
      ProtocolBinding: binding.post,
      AssertionConsumerServiceURL: `${config.baseUrl}/acs`,
      AssertionConsumerServiceIndex: undefined, // undefined takes the attribute out of the template
      ForceAuthn: undefined,
      AllowCreate: true,
      NameIDFormat: config.nameIdFormat ?? Constants.namespace.format.emailAddress,
    });
    return { id, context };
  };
  return { customTagReplacement };
}
