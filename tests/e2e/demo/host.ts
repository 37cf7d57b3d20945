import { readdirSync, readFileSync } from "node:fs";
import { test } from "@playwright/test";

/** Users of the running Host, from the environment as name:password. A test whose user is not named is skipped, with this reason. */
export function userOf(variable: "DIALER_SUPERVISOR" | "DIALER_AGENT"): [userName: string, password: string] {
  const [name, ...password] = (process.env[variable] ?? "").split(":");
  test.skip(!process.env.DIALER_URL, "DIALER_URL names no running Host");
  test.skip(!name || password.length === 0, `${variable} is not set (name:password)`);
  return [name ?? "", password.join(":")];
}

/**
 * The service's process on this machine, by its command line (`serve --urls http://…:PORT`): the demonstration starts it
 * again when it is gone, as a service manager would. A test that kills it is skipped where there is no /proc, or no such process.
 */
export function serviceProcess(): number {
  const { port } = new URL(process.env.DIALER_URL ?? "http://127.0.0.1:0");
  const found = (process.platform === "linux" ? readdirSync("/proc") : [])
    .filter((name) => /^\d+$/.test(name))
    .find((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
        return words.includes("serve") && words.some((word) => word.startsWith("http://") && word.endsWith(`:${port}`));
      } catch {
        return false; // it ended while we looked
      }
    });
  test.skip(found === undefined, "the service of DIALER_URL does not run on this machine, so it cannot be killed");
  return Number(found);
}
