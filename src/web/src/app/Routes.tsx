import { Loader } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { EnrolPage } from "../features/access/EnrolPage";
import { LoginPage } from "../features/access/LoginPage";
import { may, takesCalls, useUser } from "../features/access/session";
import { Empty, Failure } from "../ui/Notice";
import { Shell } from "./Shell";

const AccountPage = lazy(() =>
  import("../features/accounts/AccountPage").then((page) => ({ default: page.AccountPage })),
);
const AccountsPage = lazy(() =>
  import("../features/accounts/AccountsPage").then((page) => ({ default: page.AccountsPage })),
);
const WhyPage = lazy(() => import("../features/compliance/WhyPage").then((page) => ({ default: page.WhyPage })));
const FunnelPage = lazy(() =>
  import("../features/compliance/FunnelPage").then((page) => ({ default: page.FunnelPage })),
);
const PolicyPage = lazy(() =>
  import("../features/compliance/PolicyPage").then((page) => ({ default: page.PolicyPage })),
);
const NoticesPage = lazy(() =>
  import("../features/compliance/NoticesPage").then((page) => ({ default: page.NoticesPage })),
);
const DeskPage = lazy(() => import("../features/agents/DeskPage").then((page) => ({ default: page.DeskPage })));
const CampaignsPage = lazy(() =>
  import("../features/campaigns/CampaignsPage").then((page) => ({ default: page.CampaignsPage })),
);
const ImportsPage = lazy(() =>
  import("../features/imports/ImportsPage").then((page) => ({ default: page.ImportsPage })),
);
const LimitsPage = lazy(() => import("../features/ivr/LimitsPage").then((page) => ({ default: page.LimitsPage })));
const IvrPage = lazy(() => import("../features/ivr/IvrPage").then((page) => ({ default: page.IvrPage })));
const ReportsPage = lazy(() =>
  import("../features/reports/ReportsPage").then((page) => ({ default: page.ReportsPage })),
);
const RecordingsPage = lazy(() =>
  import("../features/records/RecordingsPage").then((page) => ({ default: page.RecordingsPage })),
);
const CallPage = lazy(() => import("../features/records/CallPage").then((page) => ({ default: page.CallPage })));
const CoachingPage = lazy(() =>
  import("../features/records/CoachingPage").then((page) => ({ default: page.CoachingPage })),
);
const BuilderPage = lazy(() =>
  import("../features/campaigns/BuilderPage").then((page) => ({ default: page.BuilderPage })),
);
const DesignPage = lazy(() =>
  import("../features/campaigns/DesignPage").then((page) => ({ default: page.DesignPage })),
);
const NumbersPage = lazy(() =>
  import("../features/campaigns/NumbersPage").then((page) => ({ default: page.NumbersPage })),
);
const SteeringPage = lazy(() =>
  import("../features/supervision/SteeringPage").then((page) => ({ default: page.SteeringPage })),
);
const TeamsPage = lazy(() => import("../features/supervision/TeamsPage").then((page) => ({ default: page.TeamsPage })));
const WallboardPage = lazy(() =>
  import("../features/supervision/WallboardPage").then((page) => ({ default: page.WallboardPage })),
);
const OutsidePage = lazy(() =>
  import("../features/integrations/OutsidePage").then((page) => ({ default: page.OutsidePage })),
);
const MessagesPage = lazy(() =>
  import("../features/ivr/MessagesPage").then((page) => ({ default: page.MessagesPage })),
);
const PaymentsPage = lazy(() =>
  import("../features/payments/PaymentsPage").then((page) => ({ default: page.PaymentsPage })),
);
const PacePage = lazy(() => import("../features/supervision/PacePage").then((page) => ({ default: page.PacePage })));
const FloorPage = lazy(() => import("../features/supervision/FloorPage").then((page) => ({ default: page.FloorPage })));

export function Routes() {
  const { t } = useTranslation();
  const user = useUser();
  const [path] = useLocation();
  if (user.isPending) return <Loader className="boot" size="sm" role="status" aria-label={t("common.loading")} />;
  if (user.isError)
    return (
      <main className="page">
        <Failure error={user.error} onRetry={() => void user.refetch()} />
      </main>
    );
  if (user.data === null) return <LoginPage />;
  const signedIn = user.data;
  if (user.data.mustEnrol) return <EnrolPage />;
  if (path === "/wallboard" && may(user.data, "floor:read"))
    return (
      <Suspense fallback={<Loader className="boot" size="sm" role="status" aria-label={t("common.loading")} />}>
        <WallboardPage />
      </Suspense>
    );
  return (
    <Shell user={user.data}>
      <Suspense fallback={<Loader className="boot" size="sm" role="status" aria-label={t("common.loading")} />}>
        <Switch>
          <Route path="/">
            {may(signedIn, "floor:read") ? (
              <FloorPage />
            ) : takesCalls(signedIn) ? (
              <Redirect to="/desk" />
            ) : may(signedIn, "policy:read") ? (
              <Redirect to="/policy" />
            ) : may(signedIn, "imports:read") ? (
              <Redirect to="/imports" />
            ) : (
              <NoFloor />
            )}
          </Route>
          <Route path="/desk">
            <DeskPage />
          </Route>
          <Route path="/campaigns/:id/pace">
            {({ id }) => (may(signedIn, "campaigns:read") ? <PacePage key={id} campaignId={id} /> : <NoFloor />)}
          </Route>
          <Route path="/campaigns/new">{may(signedIn, "campaigns:run") ? <BuilderPage /> : <NoFloor />}</Route>
          <Route path="/campaigns/:id/design">
            {({ id }) => (may(signedIn, "campaigns:read") ? <DesignPage key={id} campaignId={id} /> : <NoFloor />)}
          </Route>
          <Route path="/outside">{may(signedIn, "reports:read") ? <OutsidePage user={signedIn} /> : <NoFloor />}</Route>
          <Route path="/numbers">{may(signedIn, "campaigns:read") ? <NumbersPage /> : <NoFloor />}</Route>
          <Route path="/teams">{may(signedIn, "agents:assign") ? <TeamsPage /> : <NoFloor />}</Route>
          <Route path="/steering">{may(signedIn, "floor:read") ? <SteeringPage /> : <NoFloor />}</Route>
          <Route path="/campaigns">{may(signedIn, "campaigns:read") ? <CampaignsPage /> : <NoFloor />}</Route>
          <Route path="/campaigns/:id/funnel">
            {({ id }) => (may(signedIn, "funnel:read") ? <FunnelPage key={id} campaignId={id} /> : <NoFloor />)}
          </Route>
          <Route path="/notices">
            {may(signedIn, "records:examine") ? <NoticesPage mayChange={may(signedIn, "holds:close")} /> : <NoFloor />}
          </Route>
          <Route path="/policy">{may(signedIn, "policy:read") ? <PolicyPage /> : <NoFloor />}</Route>
          <Route path="/messages">{may(signedIn, "calls:take") ? <MessagesPage /> : <NoFloor />}</Route>
          <Route path="/payments">
            {may(signedIn, "payments:read") ? <PaymentsPage user={signedIn} /> : <NoFloor />}
          </Route>
          <Route path="/ivr/limits">
            {may(signedIn, "clients:read") ? <LimitsPage user={signedIn} /> : <NoFloor />}
          </Route>
          <Route path="/ivr">{may(signedIn, "flows:preview") ? <IvrPage /> : <NoFloor />}</Route>
          <Route path="/reports">{may(signedIn, "reports:read") ? <ReportsPage /> : <NoFloor />}</Route>
          <Route path="/imports">{may(signedIn, "imports:read") ? <ImportsPage /> : <NoFloor />}</Route>
          <Route path="/recordings">{may(signedIn, "recordings:listen") ? <RecordingsPage /> : <NoFloor />}</Route>
          <Route path="/calls/:id">
            {({ id }) => (may(signedIn, "recordings:listen") ? <CallPage key={id} attemptId={id} /> : <NoFloor />)}
          </Route>
          <Route path="/coaching">{takesCalls(signedIn) ? <CoachingPage /> : <NoFloor />}</Route>
          <Route path="/accounts">
            <AccountsPage />
          </Route>
          <Route path="/accounts/:id">{({ id }) => <AccountPage key={id} accountId={id} />}</Route>
          <Route path="/accounts/:id/why">{({ id }) => <WhyPage key={id} accountId={id} />}</Route>
          <Route path="/login">
            <Redirect to="/" />
          </Route>
          <Route>
            <Empty title={t("common.notFound")}>{t("common.notFoundText")}</Empty>
          </Route>
        </Switch>
      </Suspense>
    </Shell>
  );
}

function NoFloor() {
  const { t } = useTranslation();
  return <Empty title={t("failure.forbidden")}>{t("floor.forbidden")}</Empty>;
}
