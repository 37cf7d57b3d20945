import { median } from "../../app/format";

/** How the way to the server is: the median of a few answers, and whether one was lost. What the voice goes through is measured once the line stands. */
export interface Connection {
  level: "good" | "slow" | "lost";
  ms: number;
}

const tries = 5;
/** Twilio's advice for voice: beyond 200 ms of round trip people begin to talk into each other. */
const slowMs = 200;

export function levelOf(answers: (number | null)[]): Connection {
  const came = answers.filter((each) => each !== null);
  const ms = Math.round(median(came) ?? 0);
  if (came.length < answers.length || came.length === 0) return { level: "lost", ms };
  return { level: ms > slowMs ? "slow" : "good", ms };
}

export async function tryConnection(): Promise<Connection> {
  const answers: (number | null)[] = [];
  await once(); // the first one opens the connection
  for (let each = 0; each < tries; each += 1) answers.push(await once());
  return levelOf(answers);
}

async function once(): Promise<number | null> {
  const start = performance.now();
  try {
    const answer = await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(3_000) });
    await answer.text();
    return answer.ok ? performance.now() - start : null;
  } catch {
    return null;
  }
}
