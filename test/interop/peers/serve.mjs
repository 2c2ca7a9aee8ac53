// What the two Node peers share: a web server around one service provider of a library. It holds no SAML of its own.
//
// Started as `node <peer>.mjs CONFIG`, it prints {"url": …} and ends when its standard input does. CONFIG is a JSON file,
// read anew for each request: a test changes it and the address, hence the registration at the identity provider, stays.
import { setDefaultResultOrder } from "node:dns";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

// Lanyard is called localhost and listens at 127.0.0.1. Where that name means ::1 first, Node 18 would try nothing else.
setDefaultResultOrder("ipv4first");

let url; // of this peer, known once it listens
let offsetMs = 0;

// The libraries ask Date for the time; tests move it (clockOffsetSeconds) to see a late answer refused.
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    args.length === 0 ? super(RealDate.now() + offsetMs) : super(...args);
  }
  static now() {
    return RealDate.now() + offsetMs;
  }
};

// serve answers with a provider of three functions, each given the configuration:
// metadata(config), login(config, relay) -> {redirect} or {action, fields}, acs(config, form) -> what the library made of it.
export async function serve({ metadata, login, acs }) {
  const routes = {
    "GET /metadata": async (config) => ({ type: "application/samlmetadata+xml", body: await metadata(config) }),
    "GET /login": async (config, request) => begin(await login(config, request.query.get("relay") ?? "")),
    "POST /acs": async (config, request) => json(await acs(config, request.form)),
  };
  const server = createServer((request, response) => answer(routes, request, response));
  server.listen(0, "127.0.0.1", () => {
    url = `http://127.0.0.1:${server.address().port}`;
    process.stdout.write(JSON.stringify({ url }) + "\n");
  });
  process.stdin.resume().on("end", () => process.exit(0));
}

async function answer(routes, request, response) {
  const target = new URL(request.url, url);
  const route = routes[`${request.method} ${target.pathname}`];
  let result = { status: 404, type: "text/plain", body: "no such page" };
  try {
    if (route) {
      const body = Buffer.concat(await request.toArray()).toString();
      const form = Object.fromEntries(new URLSearchParams(body));
      result = await route(await configuration(), { query: target.searchParams, form });
    }
  } catch (error) {
    result = json({ ok: false, error: String(error?.message ?? error) });
  }
  response.writeHead(result.status ?? 200, { "content-type": result.type ?? "text/html", ...result.headers });
  response.end(result.body);
}

async function configuration() {
  const config = JSON.parse(await readFile(process.argv[2], "utf8"));
  offsetMs = 1000 * (config.clockOffsetSeconds ?? 0);
  config.baseUrl ||= url;
  config.key = config.keyFile && (await readFile(config.keyFile, "utf8"));
  config.cert = config.certFile && (await readFile(config.certFile, "utf8"));
  return config;
}

// idpMetadata is the text itself, or the address that answers with it.
export async function idpMetadata(config) {
  if (!/^https?:/.test(config.idpMetadata)) return config.idpMetadata;
  const response = await fetch(config.idpMetadata);
  if (!response.ok) throw new Error(`identity provider metadata: ${response.status}`);
  return response.text();
}

function json(value) {
  return { type: "application/json", body: JSON.stringify(value) };
}

function begin({ redirect, action, fields }) {
  if (redirect) return { status: 302, headers: { location: redirect }, body: "" };
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`);
  return { body: `<!doctype html><meta charset="utf-8"><form method="post" action="${escape(action)}">${inputs.join("")}</form>` };
}

function escape(text) {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
