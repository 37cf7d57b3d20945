import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { ApiProblem, ask, id } from "../../app/http";
import { signedOut } from "../../app/signedOut";
import { liveFeed } from "../supervision/liveFeed";

const userSchema = z.object({
  id,
  userName: z.string(),
  displayName: z.string(),
  roles: z.array(z.string()),
  mustEnrol: z.boolean().nullish(),
  scopes: z.array(z.string()),
});
export type User = z.infer<typeof userSchema>;

/** `GET /access/me` answers the user, or an object that holds it: both are read. */
const meSchema = z.union([z.object({ user: userSchema }).transform((me) => me.user), userSchema]);

export const sessionKey = ["access", "me"] as const;

/** The signed-in user; null when nobody is; undefined while unknown. */
export function useUser() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: async ({ signal }): Promise<User | null> => {
      try {
        return await ask("/api/v1/access/me", { schema: meSchema, signal });
      } catch (error) {
        if (error instanceof ApiProblem && (error.status === 401 || error.status === 403)) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    meta: { signIn: true },
    mutationFn: (credentials: { userName: string; password: string; code?: string }) =>
      ask("/api/v1/access/login", {
        method: "POST",
        body: credentials,
        schema: z.object({ user: userSchema }).transform((answer) => answer.user),
      }),
    onSuccess: (user) => client.setQueryData(sessionKey, user),
  });
}

/** Nothing, or where the browser ends its session at the identity provider at which it began. */
const endingSchema = z.object({ address: z.url({ protocol: /^https?$/ }) }).optional();

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ask("/api/v1/access/logout", { method: "POST", body: {}, schema: endingSchema }),
    onSettled: (ending) => {
      window.dispatchEvent(new Event(signedOut));
      liveFeed.reset();
      client.setQueryData(sessionKey, null);
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
      // The next person at this seat would be let in as this one, without being asked.
      if (ending) window.location.assign(ending.address);
    },
  });
}

/** Whether the user's roles have the scope. The server decides; this only draws no more than it allows. */
export const may = (user: User, scope: string): boolean => user.scopes.includes(scope);
/** Has a seat on the floor: whoever takes calls as his work, not only may. */
export const takesCalls = (user: User): boolean =>
  user.roles.some((role) => role === "Collector" || role === "SeniorCollector" || role === "TeamLead");

/** Whether people may sign in at an identity provider instead, and what it is called. */
export const elsewhereQuery = queryOptions({
  queryKey: ["access", "openid"],
  queryFn: ({ signal }) =>
    ask("/api/v1/access/openid", { schema: z.object({ enabled: z.boolean(), name: z.string() }), signal }),
  staleTime: Number.POSITIVE_INFINITY,
});
