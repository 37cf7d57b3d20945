import { MantineProvider } from "@mantine/core";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { sessionKey } from "../features/access/session";
import { ApiProblem } from "./http";
import { Routes } from "./Routes";
import { theme } from "./theme";

/** Any 401 outside sign-in means that the session has ended: the sign-in page takes over, the work stays in storage. */
function onError(error: unknown): void {
  if (error instanceof ApiProblem && error.status === 401) client.setQueryData(sessionKey, null);
}

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError: (error, _v, _c, mutation) => mutation.meta?.signIn || onError(error) }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => !(error instanceof ApiProblem) && failures < 2,
      refetchOnWindowFocus: false,
    },
  },
});

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <Routes />
      </QueryClientProvider>
    </MantineProvider>
  );
}
