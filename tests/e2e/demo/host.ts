import { test } from "@playwright/test";

/** Users of the running Host, from the environment as name:password. A test whose user is not named is skipped, with this reason. */
export function userOf(variable: "DIALER_SUPERVISOR" | "DIALER_AGENT"): [userName: string, password: string] {
  const [name, ...password] = (process.env[variable] ?? "").split(":");
  test.skip(!process.env.DIALER_URL, "DIALER_URL names no running Host");
  test.skip(!name || password.length === 0, `${variable} is not set (name:password)`);
  return [name ?? "", password.join(":")];
}
