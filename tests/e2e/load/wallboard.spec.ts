import { readFileSync, writeFileSync } from "node:fs";
import type { CDPSession } from "@playwright/test";
import { userOf } from "../demo/host";
import { expect, signIn, test } from "../screens";

/**
 * How long from an event to the screen on a full floor, and what the page costs: `dotnet run -c Release --project tests/Dialer.Benchmarks -- wallboard ...` fills the floor and starts this.
 * The events are agents who sign in and out one at a time: the first of the six numbers says which of them is the newest that is shown.
 */
interface Probe {
  number: number;
  at: number;
  agents: number;
}
type Seen = [agents: number, at: number];

declare global {
  interface Window {
    seen: Seen[];
  }
}

const minutes = Number(process.env.LOAD_MINUTES ?? 3);
const path = process.env.LOAD_PAGE ?? "/wallboard";

test("events reach the screen, minute after minute", async ({ page, browser }) => {
  test.skip(!process.env.LOAD_PROBES, "LOAD_PROBES names no running floor");
  test.setTimeout(minutes * 60_000 + 180_000);
  await page.setViewportSize({ width: 1920, height: 1080 });
  await signIn(page, ...userOf("DIALER_SUPERVISOR"));
  await page.goto(path);
  await expect(page.locator(".hero")).toHaveCount(6);
  await page.evaluate(() => {
    window.seen = [];
    let last = "";
    const look = () => {
      const text = document.querySelector(".hero .hero-value")?.textContent ?? "";
      if (text === last) return;
      last = text;
      // A task after the next frame: by then it is painted.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => window.seen.push([Number(text.replace(/\D/g, "")), Date.now()]);
        channel.port2.postMessage(0);
      });
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  });

  const cost = new Cost(await page.context().newCDPSession(page), await browser.newBrowserCDPSession());
  await cost.begin();
  const seen: Seen[] = [];
  const samples: Sample[] = [];
  const rounds = Math.max(3, Math.min(60, Math.round(minutes)));
  for (let round = 1; round <= rounds; round++) {
    await page.waitForTimeout((minutes * 60_000) / rounds);
    seen.push(...(await page.evaluate(() => window.seen.splice(0))));
    samples.push(await cost.sample());
    await expect(page.locator(".connection[data-kind=live]")).toBeVisible();
  }
  const probes: Probe[] = await (await fetch(process.env.LOAD_PROBES ?? "")).json();
  const latencies = latenciesOf(probes, seen);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? Number.NaN;
  writeFileSync(
    process.env.LOAD_RESULT ?? "wallboard.json",
    JSON.stringify({ p50: at(0.5), p90: at(0.9), p99: at(0.99), longest: latencies.at(-1), events: latencies.length, samples }),
  );
  expect(latencies.length, "events that were seen").toBeGreaterThan(minutes * 60);
});

/** Each event is seen when it, or a later one, is first shown; those before the first that was seen do not count. Sorted milliseconds. */
function latenciesOf(probes: Probe[], seen: Seen[]): number[] {
  const latencies: number[] = [];
  let next = -1;
  for (const [agents, at] of seen) {
    const from = next < 0 ? 0 : next;
    // The newest event of this number that was written before it was shown; fewer than eight lie between two readings.
    let shown = -1;
    for (let i = from; i < probes.length && (probes[i]?.at ?? 0) <= at; i++) if (probes[i]?.agents === agents) shown = i;
    if (shown < 0) continue;
    if (next >= 0) for (let i = from; i <= shown; i++) latencies.push(at - (probes[i]?.at ?? at));
    next = shown + 1;
  }
  return latencies.sort((a, b) => a - b);
}

interface Sample {
  minute: number;
  renderer: number;
  browser: number;
  heapMb: number;
  nodes: number;
  listeners: number;
  rssMb: number;
}

/** What the page costs, by Chromium's own account of its processes. CPU is of one core, since the last sample. */
class Cost {
  private begun = 0;
  private last = { at: 0, renderer: 0, browser: 0 };

  constructor(
    private readonly page: CDPSession,
    private readonly browser: CDPSession,
  ) {}

  async begin(): Promise<void> {
    await this.page.send("Performance.enable");
    await this.page.send("HeapProfiler.enable");
    this.begun = Date.now();
    this.last = { at: this.begun, ...(await this.cpu()) };
  }

  async sample(): Promise<Sample> {
    const now = { at: Date.now(), ...(await this.cpu()) };
    const seconds = (now.at - this.last.at) / 1000;
    const share = (name: "renderer" | "browser") => (100 * (now[name] - this.last[name])) / seconds;
    const [renderer, browser] = [share("renderer"), share("browser")];
    this.last = now;
    await this.page.send("HeapProfiler.collectGarbage");
    const { metrics } = await this.page.send("Performance.getMetrics");
    const metric = (name: string) => metrics.find((each) => each.name === name)?.value ?? Number.NaN;
    return {
      minute: (now.at - this.begun) / 60_000,
      renderer,
      browser,
      heapMb: metric("JSHeapUsedSize") / 1_048_576,
      nodes: metric("Nodes"),
      listeners: metric("JSEventListeners"),
      rssMb: await this.rss(),
    };
  }

  private async processes() {
    return (await this.browser.send("SystemInfo.getProcessInfo")).processInfo;
  }

  /** Seconds of CPU so far: of the renderers, and of everything. */
  private async cpu(): Promise<{ renderer: number; browser: number }> {
    const all = await this.processes();
    const sum = (some: typeof all) => some.reduce((total, each) => total + each.cpuTime, 0);
    return { renderer: sum(all.filter((each) => each.type === "renderer")), browser: sum(all) };
  }

  /** Resident memory of the largest renderer. */
  private async rss(): Promise<number> {
    const renderers = (await this.processes()).filter((each) => each.type === "renderer");
    const sizes = renderers.map((each) => {
      try {
        return Number(readFileSync(`/proc/${each.id}/statm`, "utf8").split(" ")[1]) * 4096;
      } catch {
        return 0;
      }
    });
    return Math.max(...sizes) / 1_048_576;
  }
}
