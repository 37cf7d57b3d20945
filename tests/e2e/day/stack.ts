import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "@playwright/test";

/**
 * A whole contact centre of a test's own: `dotnet $DIALER_HOST_DLL demo` starts the simulated phone network, the service and virtual agents, on the databases
 * that `ConnectionStrings__Postgres` and `ConnectionStrings__Redis` name. `./dialer test` sets all three; by hand: see README.md.
 */
export interface Stack {
  url: string;
  password: string;
  /** Ends the day: what the demonstration said last, and its exit code (0: every invariant holds and every figure agrees with the network's ledger). */
  end(): Promise<{ code: number | null; said: string }>;
}

export interface StackOptions {
  accounts: number;
  agents: number;
  speed: number;
  seed: number;
}

const startsWithin = 120_000;
const endsWithin = 60_000;

export async function startStack(options: StackOptions): Promise<Stack> {
  const program = process.env.DIALER_HOST_DLL;
  test.skip(!program, "DIALER_HOST_DLL names no built Host");
  const folder = mkdtempSync(join(tmpdir(), "dialer-day-"));
  const process_ = spawn(
    process.env.DOTNET ?? "dotnet",
    [program ?? "", "demo", "--folder", folder, ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const heard = new Heard(process_);
  try {
    const [, url = "", password = ""] = await heard.until(/service answers at (\S+)\s.*password (\S+)/, startsWithin);
    let ending: Promise<{ code: number | null; said: string }> | undefined;
    const end = async () => {
      process_.kill("SIGINT");
      const code = await heard.ended(endsWithin);
      if (code === 0) rmSync(folder, { recursive: true, force: true });
      return { code, said: code === 0 ? heard.text : `${heard.text}\nWhat it kept is in ${folder}.` };
    };
    return {
      url,
      password,
      end: () => {
        ending ??= end();
        return ending;
      },
    };
  } catch (fault) {
    process_.kill("SIGINT");
    await heard.ended(endsWithin);
    throw new Error(`${String(fault)}\n${heard.text}\n${logOf(folder, "serve.log")}\n${logOf(folder, "network.log")}`);
  }
}

/** What a process has said so far, and its end. */
class Heard {
  text = "";
  private failed: Error | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly process: ChildProcess) {
    for (const stream of [process.stdout, process.stderr])
      stream?.on("data", (chunk: Buffer) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
        this.text += chunk.toString().replace(/\u001b\[[0-9;]*m/g, "");
        this.tell();
      });
    process.on("exit", () => this.tell());
    process.on("error", (fault) => {
      this.text += `\n${fault.message}`;
      this.failed = fault;
      this.tell();
    });
  }

  until(pattern: RegExp, ms: number): Promise<RegExpMatchArray> {
    return this.when(ms, `to say ${pattern}`, () => {
      const match = this.text.match(pattern);
      if (match) return match;
      if (this.failed) throw this.failed;
      if (this.process.exitCode !== null) throw new Error(`the demonstration ended with ${this.process.exitCode}`);
      return null;
    });
  }

  async ended(ms: number): Promise<number | null> {
    await this.when(ms, "to end", () => (this.failed || this.process.exitCode !== null || this.process.signalCode !== null ? true : null));
    return this.process.exitCode;
  }

  private when<T>(ms: number, what: string, look: () => T | null): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(() => reject(new Error(`waited ${ms / 1000} s for the demonstration ${what}`))), ms);
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.listeners.delete(listen);
        act();
      };
      const listen = () => {
        try {
          const seen = look();
          if (seen !== null) settle(() => resolve(seen));
        } catch (fault) {
          settle(() => reject(fault));
        }
      };
      this.listeners.add(listen);
      listen();
    });
  }

  private tell() {
    for (const listener of [...this.listeners]) listener();
  }
}

function logOf(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8").split("\n").slice(-20).join("\n");
  } catch {
    return "";
  }
}
