import { Autocomplete, Button, Checkbox, Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { codeText } from "../../app/i18n";
import { Dialogue } from "../../ui/Dialogue";
import { Failure } from "../../ui/Notice";
import { BlendSelect } from "./EditTeam";
import {
  appointLead,
  assign,
  isSkillName,
  type Member,
  mostLevel,
  type Proficiency,
  readSkill,
  teamsKey,
  writeSkill,
} from "./teams";

interface Props {
  member: Member;
  teams: string[];
  /** Everybody, whose skills are offered. */
  known: Member[];
  onClose: () => void;
}

/** One agent: the team, who leads it, the kind of work and the skills with how well each is mastered. */
export function AssignMember({ member, teams, known, onClose }: Props) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [team, setTeam] = useState(member.team);
  const [lead, setLead] = useState(member.lead);
  const [blend, setBlend] = useState(member.blend ?? null);
  const [skills, setSkills] = useState(() => member.skills.map(readSkill));
  const save = useMutation({
    mutationFn: async () => {
      await assign(member.agentId, { team: team.trim(), skills: skills.map(writeSkill), blend });
      if (lead !== member.lead) await appointLead(member.agentId, lead);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: teamsKey }),
    onSuccess: onClose,
  });
  return (
    <Dialogue onClose={onClose} title={`${t("teams.change")}: ${member.name}`}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Autocomplete
          size="xs"
          label={t("teams.team")}
          description={t("teams.teamText")}
          data={teams}
          openOnFocus={false}
          maxLength={60}
          value={team}
          onChange={setTeam}
          data-autofocus
        />
        <Checkbox
          size="xs"
          label={t("teams.leadsTeam")}
          description={t("teams.leadText")}
          checked={lead}
          onChange={(event) => setLead(event.currentTarget.checked)}
        />
        <BlendSelect label={t("teams.work")} asTeam={t("teams.asTeam")} value={blend} onChange={setBlend} />
        <SkillEditor
          skills={skills}
          offered={[...new Set(known.flatMap((each) => each.skills.map((word) => readSkill(word).name)))].sort()}
          onChange={setSkills}
        />
        <p className="sub">{t("teams.nextCall")}</p>
        {save.isError && <Failure error={save.error} />}
        <div className="team-actions">
          <Button size="compact-md" variant="default" onClick={onClose}>
            {t("teams.leave")}
          </Button>
          <Button size="compact-md" type="submit" loading={save.isPending}>
            {t("teams.save")}
          </Button>
        </div>
      </form>
    </Dialogue>
  );
}

function SkillEditor(props: { skills: Proficiency[]; offered: string[]; onChange: (skills: Proficiency[]) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const wanted = name.trim().toLowerCase();
  const has = props.skills.some((skill) => skill.name === wanted);
  const fault = wanted === "" ? null : has ? t("teams.hasSkill") : isSkillName(wanted) ? null : t("teams.noSkillName");
  const add = () => {
    if (wanted === "" || fault) return;
    props.onChange([...props.skills, { name: wanted, level: 1 }]);
    setName("");
  };
  return (
    <fieldset className="skill-editor">
      <legend>{t("teams.skills")}</legend>
      {props.skills.map((skill) => {
        const label = codeText(t, "skillName", skill.name);
        return (
          <div key={skill.name} className="skill-line">
            <span>{label}</span>
            <Select
              size="xs"
              aria-label={`${label}: ${t("teams.proficiency")}`}
              data={Array.from({ length: mostLevel }, (_, i) => ({
                value: String(i + 1),
                label: t("teams.level", { level: i + 1 }),
              }))}
              allowDeselect={false}
              value={String(skill.level)}
              onChange={(level) =>
                props.onChange(
                  props.skills.map((each) => (each === skill ? { ...each, level: Number(level ?? 1) } : each)),
                )
              }
            />
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`${t("teams.drop")}: ${label}`}
              onClick={() => props.onChange(props.skills.filter((each) => each !== skill))}
            >
              {t("teams.drop")}
            </Button>
          </div>
        );
      })}
      <div className="skill-line">
        <Autocomplete
          size="xs"
          label={t("teams.addSkill")}
          data={props.offered.filter((each) => !props.skills.some((skill) => skill.name === each))}
          error={fault}
          value={name}
          onChange={setName}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            add();
          }}
        />
        <Button size="compact-xs" variant="default" disabled={wanted === "" || fault !== null} onClick={add}>
          {t("teams.add")}
        </Button>
      </div>
    </fieldset>
  );
}
