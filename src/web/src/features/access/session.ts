import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { ApiProblem, ask } from "../../app/http";
import { liveFeed } from "../supervision/liveFeed";

const userSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  userName: z.string(),
  displayName: z.string(),
  roles: z.array(z.string()),
  mustEnrol: z.boolean().nullish(),
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

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ask("/api/v1/access/logout", { method: "POST", body: {} }),
    onSettled: () => {
      liveFeed.reset();
      client.setQueryData(sessionKey, null);
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
    },
  });
}

/** As the server's policies have it: Admin includes every role, Supervisor includes Agent. The server decides; this only draws the menu. */
export const supervises = (user: User): boolean => user.roles.some((role) => role === "Supervisor" || role === "Admin");
/** May edit policy and take packs; may also ask why an account is or is not called. */
export const complies = (user: User): boolean => user.roles.some((role) => role === "Compliance" || role === "Admin");
export const takesCalls = (user: User): boolean => user.roles.includes("Agent");
