import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { RowAction } from "../../ui/RowAction";
import { StateTag } from "../../ui/StateTag";
import { usePageTitle } from "../../ui/usePageTitle";
import { campaignsQuery } from "../campaigns/contract";
import { AssignMember } from "./AssignMember";
import { EditTeam } from "./EditTeam";
import { type Member, membersQuery, readSkill, type Team, teamsQuery } from "./teams";
import "./floor.css";
import "./teams.css";

/** Who works in which team, who leads it, what it serves, and what each of its people can do how well. */
export function TeamsPage() {
  const { t } = useTranslation();
  usePageTitle(t("teams.title"));
  const teams = useQuery(teamsQuery);
  const members = useQuery(membersQuery);
  const [edited, setEdited] = useState<Team | "new" | null>(null);
  const [assigned, setAssigned] = useState<Member | null>(null);
  const failed = [teams, members].find((query) => query.isError);
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("teams.title")}</h1>
        <span className="team-actions">
          <Link to="/">{t("paceWhy.back")}</Link>
          <Button size="compact-md" onClick={() => setEdited("new")}>
            {t("teams.new")}
          </Button>
        </span>
      </div>
      {failed && <Failure error={failed.error} onRetry={() => void failed.refetch()} />}
      {teams.data && members.data && (
        <>
          <Panel title={t("teams.teams")} side={<span className="sub">{t("teams.teamsText")}</span>} flush>
            <Teams teams={teams.data} members={members.data} onEdit={setEdited} />
          </Panel>
          <Members teams={teams.data} members={members.data} onAssign={setAssigned} />
        </>
      )}
      {edited && <EditTeam team={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
      {assigned && (
        <AssignMember
          member={assigned}
          teams={teams.data?.map((team) => team.name) ?? []}
          known={members.data ?? []}
          onClose={() => setAssigned(null)}
        />
      )}
    </div>
  );
}

function Teams(props: { teams: Team[]; members: Member[]; onEdit: (team: Team) => void }) {
  const { t } = useTranslation();
  const campaigns = useQuery(campaignsQuery);
  const nameOf = (campaign: string) =>
    campaigns.data?.find((each) => each.campaignId === campaign)?.name ?? `#${campaign}`;
  const leadsOf = (team: Team) => props.members.filter((each) => each.lead && each.team === team.name);
  const columns: Column<Team>[] = [
    { id: "name", header: t("teams.team"), value: (row) => row.name },
    {
      id: "leads",
      header: t("teams.leads"),
      value: (row) => leadsOf(row).length,
      cell: (row) =>
        leadsOf(row)
          .map((lead) => lead.name)
          .join(", ") || "–",
    },
    { id: "agents", header: t("teams.members"), end: true, value: (row) => row.agents },
    { id: "blend", header: t("teams.work"), value: (row) => row.blend, cell: (row) => t(`teams.blend.${row.blend}`) },
    {
      id: "campaigns",
      header: t("teams.serves"),
      tip: t("teams.servesTip"),
      value: (row) => row.campaigns.length,
      cell: (row) => row.campaigns.map(nameOf).join(", ") || t("teams.servesOpen"),
    },
    {
      id: "actions",
      header: t("campaigns.actions"),
      value: () => null,
      cell: (row) => <RowAction label={t("teams.change")} of={row.name} onClick={() => props.onEdit(row)} />,
    },
  ];
  return (
    <DataTable
      label={t("teams.teams")}
      columns={columns}
      rows={props.teams}
      rowId={(row) => row.name}
      empty={<Empty title={t("teams.none")}>{t("teams.noneText")}</Empty>}
    />
  );
}

const everyTeam = " ";

function Members(props: { teams: Team[]; members: Member[]; onAssign: (member: Member) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [team, setTeam] = useState(everyTeam);
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return props.members.filter(
      (each) =>
        (team === everyTeam || each.team === team) &&
        (wanted === "" || [each.name, ...each.skills].some((word) => word.toLowerCase().includes(wanted))),
    );
  }, [props.members, text, team]);
  const columns: Column<Member>[] = [
    {
      id: "name",
      header: t("agent.name"),
      value: (row) => row.name,
      cell: (row) => (
        <>
          {row.name} {row.lead && <span className="lead">{t("teams.lead")}</span>}
        </>
      ),
    },
    { id: "team", header: t("teams.team"), value: (row) => row.team, cell: (row) => row.team || "–" },
    {
      id: "skills",
      header: t("teams.skills"),
      tip: t("teams.skillsTip"),
      value: (row) => row.skills.join(" "),
      cell: (row) => <SkillList skills={row.skills} />,
    },
    {
      id: "works",
      header: t("teams.work"),
      value: (row) => row.works,
      cell: (row) => (
        <>
          {t(`teams.blend.${row.works}`)} {row.blend && <span className="sub">{t("teams.ownBlend")}</span>}
        </>
      ),
    },
    { id: "state", header: t("agent.state"), value: (row) => row.state, cell: (row) => <StateTag state={row.state} /> },
    {
      id: "actions",
      header: t("campaigns.actions"),
      value: () => null,
      cell: (row) => <RowAction label={t("teams.change")} of={row.name} onClick={() => props.onAssign(row)} />,
    },
  ];
  return (
    <Panel
      title={t("teams.agents")}
      flush
      side={
        <>
          <TextInput
            size="xs"
            aria-label={t("teams.find")}
            placeholder={t("teams.find")}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Select
            size="xs"
            aria-label={t("teams.team")}
            data={[
              { value: everyTeam, label: t("teams.every") },
              ...props.teams.map((each) => ({ value: each.name, label: each.name })),
              { value: "", label: t("teams.noTeam") },
            ]}
            allowDeselect={false}
            value={team}
            onChange={(value) => setTeam(value ?? everyTeam)}
          />
        </>
      }
    >
      <DataTable
        label={t("teams.agents")}
        columns={columns}
        rows={shown}
        rowId={(row) => row.agentId}
        maxHeight={520}
        empty={<Empty title={t("teams.nobody")} />}
      />
    </Panel>
  );
}

/** Each skill with its level in words a screen reader can say; the dots are for the eye. */
function SkillList({ skills }: { skills: string[] }) {
  const { t } = useTranslation();
  if (skills.length === 0) return <>–</>;
  return (
    <ul className="skills">
      {skills.map((word) => {
        const { name, level } = readSkill(word);
        return (
          <li key={word}>
            {codeText(t, "skillName", name)}
            <span className="visually-hidden"> {t("teams.level", { level })}</span>
            <span className="dots" aria-hidden="true">
              {"●".repeat(level)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
