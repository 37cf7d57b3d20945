import { defineConfig } from "@playwright/test";

/**
 * `ui`: the built screens against the mock floor of src/web/dev, under the strict content security policy.
 * `demo`: the same screens on a running Host (`DIALER_URL`, with `DIALER_SUPERVISOR` and `DIALER_AGENT` as name:password).
 * `network`: the simulated phone network's own page (`NETWORK_URL`, `ACCOUNT_SID`, `AUTH_TOKEN`); tests/Dialer.Simulator.Tests starts one for it.
 * `pictures`: writes the pictures of the README from a running Host.
 * `CHROMIUM` names the browser; nothing is downloaded.
 */
const mockPort = Number(process.env.MOCK_PORT ?? 5291);
const mockUrl = `http://127.0.0.1:${mockPort}`;
const wantsMock = !process.argv.some((argument) => /--project=(demo|pictures|network)/.test(argument));

export default defineConfig({
  fullyParallel: false,
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1400, height: 900 },
    locale: "en-US",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: wantsMock
    ? {
        command: `node ../../src/web/dev/server.mjs --port ${mockPort}`,
        url: `${mockUrl}/`,
        reuseExistingServer: false,
      }
    : undefined,
  projects: [
    { name: "ui", testDir: "ui", use: { baseURL: mockUrl } },
    { name: "demo", testDir: "demo", use: { baseURL: process.env.DIALER_URL } },
    { name: "network", testDir: "network" },
    { name: "pictures", testDir: "pictures", use: { baseURL: process.env.DIALER_URL } },
  ],
});
