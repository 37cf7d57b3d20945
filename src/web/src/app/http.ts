import { z } from "zod";

/** An id as the API says it, a number or text; here always text. */
export const id = z.union([z.string(), z.number()]).transform(String);

/** A refusal of the API as problem+json (RFC 9457) states it, or what we could make of the answer. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail?: string,
    readonly code?: string,
    readonly errors?: Record<string, string[]>,
    /** Codes of the rules that object, where rules were asked. */
    readonly reasons: readonly string[] = [],
  ) {
    super(detail ?? title);
    this.name = "ApiProblem";
  }
}

/** The server could not be reached at all: no status, no answer. */
export class Unreachable extends Error {
  constructor() {
    super("The server did not answer.");
    this.name = "Unreachable";
  }
}

/** The server answered in a shape this page does not know: page and server are of different versions. */
export class ContractMismatch extends Error {
  constructor(path: string, cause: z.ZodError) {
    super(`Unexpected answer from ${path}: ${z.prettifyError(cause)}`, { cause });
    this.name = "ContractMismatch";
  }
}

const problemSchema = z
  .object({
    title: z.string().optional(),
    detail: z.string().nullish(),
    code: z.string().nullish(),
    errors: z.record(z.string(), z.array(z.string())).nullish(),
    reasons: z.array(z.union([z.string(), z.object({ code: z.string() })])).nullish(),
  })
  .loose();

export interface Ask<T> {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  form?: FormData;
  /** The text of a file, sent as it is. */
  csv?: string;
  schema?: z.ZodType<T>;
  signal?: AbortSignal;
  /** Kept by the caller over its own retries, so that a repeat is the same request to the server. */
  idempotencyKey?: string;
}

/**
 * One call of the API. Unsafe methods carry an Idempotency-Key.
 * Throws ApiProblem for a refusal, Unreachable when there is no answer, ContractMismatch for an unknown shape.
 */
export async function ask<T = void>(path: string, options: Ask<T> = {}): Promise<T> {
  const method = options.method ?? "GET";
  const headers: Record<string, string> = { Accept: "application/json" };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.csv !== undefined) headers["Content-Type"] = "text/csv";
  if (method !== "GET") headers["Idempotency-Key"] = options.idempotencyKey ?? crypto.randomUUID();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: options.form ?? options.csv ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      signal: options.signal,
      credentials: "same-origin",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable();
  }
  const text = await response.text();
  if (!response.ok) throw readProblem(response, text);
  if (!options.schema) return undefined as T;
  const parsed = options.schema.safeParse(readJson(text));
  if (!parsed.success) throw new ContractMismatch(path, parsed.error);
  return parsed.data;
}

function readJson(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readProblem(response: Response, text: string): ApiProblem {
  const parsed = problemSchema.safeParse(readJson(text));
  const p = parsed.success ? parsed.data : {};
  return new ApiProblem(
    response.status,
    p.title ?? response.statusText ?? `HTTP ${response.status}`,
    p.detail ?? undefined,
    p.code ?? undefined,
    p.errors ?? undefined,
    p.reasons?.map((reason) => (typeof reason === "string" ? reason : reason.code)) ?? [],
  );
}
