import { defineConfig } from "@playwright/test";

/**
 * `ui`: the built screens against the mock floor of src/web/dev, under the strict content security policy.
 * `demo`: the same screens on a running Host (`DIALER_URL`, with `DIALER_SUPERVISOR` and `DIALER_AGENT` as name:password).
 * `network`: the simulated phone network's own page (`NETWORK_URL`, `ACCOUNT_SID`, `AUTH_TOKEN`); tests/Dialer.Simulator.Tests starts one for it.
 * `pictures`: writes the pictures of the README from a running Host.
 * `day`: a supervisor's day on a Host, a network and agents that it starts itself (`DIALER_HOST_DLL`); `shift`: the part of it that every run can afford.
 * `load`: the wallboard of a full floor; tests/Dialer.Benchmarks starts the floor for it.
 * `CHROMIUM` names the browser; nothing is downloaded.
 */
const mockPort = Number(process.env.MOCK_PORT ?? 5291);
/** Two workers at most, each with a mock floor of its own: the mock remembers what its tests did. */
const workers = 2;
const mockUrls = Array.from({ length: workers }, (_, worker) => `http://127.0.0.1:${mockPort + worker}`);
const projects = process.argv.filter((argument) => argument.startsWith("--project="));
const wantsMock = projects.length === 0 || projects.includes("--project=ui");

export default defineConfig({
  fullyParallel: false,
  workers,
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
    ? mockUrls.map((url) => ({
        command: `node ../../src/web/dev/server.mjs --port ${new URL(url).port}`,
        url: `${url}/`,
        reuseExistingServer: false,
      }))
    : undefined,
  projects: [
    // First, for it is the longest: the other worker opens screens meanwhile.
    { name: "shift", testDir: "day" },
    { name: "ui", testDir: "ui", use: { baseURL: mockUrls[Number(process.env.TEST_PARALLEL_INDEX ?? 0)] } },
    { name: "demo", testDir: "demo", workers: 1, use: { baseURL: process.env.DIALER_URL } },
    { name: "network", testDir: "network" },
    { name: "pictures", testDir: "pictures", workers: 1, use: { baseURL: process.env.DIALER_URL } },
    { name: "day", testDir: "day" },
    { name: "load", testDir: "load", use: { baseURL: process.env.DIALER_URL } },
  ],
});
