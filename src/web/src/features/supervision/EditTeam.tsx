import { Button, Checkbox, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialogue } from "../../ui/Dialogue";
import { Failure } from "../../ui/Notice";
import { campaignsQuery } from "../campaigns/contract";
import { type Blend, blends, putTeam, type Team, teamsKey } from "./teams";

/** What a team works on: its kind of work, and the campaigns that name it. */
export function EditTeam({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const campaigns = useQuery(campaignsQuery);
  const [name, setName] = useState(team?.name ?? "");
  const [blend, setBlend] = useState<Blend>(team?.blend ?? "Blended");
  const [chosen, setChosen] = useState(team?.campaigns ?? []);
  const put = useMutation({
    mutationFn: () => putTeam(name.trim(), { blend, campaigns: chosen }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: teamsKey });
      onClose();
    },
  });
  return (
    <Dialogue onClose={onClose} title={team ? `${t("teams.change")}: ${team.name}` : t("teams.new")}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          put.mutate();
        }}
      >
        {!team && (
          <TextInput
            size="xs"
            label={t("teams.name")}
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <BlendSelect label={t("teams.work")} value={blend} onChange={(value) => setBlend(value ?? "Blended")} />
        {campaigns.isError && <Failure error={campaigns.error} onRetry={() => void campaigns.refetch()} />}
        <Checkbox.Group
          label={t("teams.serves")}
          description={t("teams.servesTip")}
          value={chosen}
          onChange={setChosen}
        >
          <div className="campaign-choice">
            {campaigns.data?.map((each) => (
              <Checkbox
                key={each.campaignId}
                size="xs"
                value={each.campaignId}
                label={each.name}
                description={each.state === "Closed" ? t("teams.closed") : undefined}
              />
            ))}
          </div>
        </Checkbox.Group>
        <p className="sub">{t("teams.nextCall")}</p>
        {put.isError && <Failure error={put.error} />}
        <div className="team-actions">
          <Button size="compact-md" variant="default" onClick={onClose}>
            {t("teams.leave")}
          </Button>
          <Button size="compact-md" type="submit" disabled={name.trim() === ""} loading={put.isPending}>
            {t("teams.save")}
          </Button>
        </div>
      </form>
    </Dialogue>
  );
}

/** Kinds of work; with `asTeam`, none of one's own can be chosen. */
export function BlendSelect(props: {
  label: string;
  value: Blend | null;
  asTeam?: string;
  onChange: (blend: Blend | null) => void;
}) {
  const { t } = useTranslation();
  return (
    <Select
      size="xs"
      label={props.label}
      data={[
        ...(props.asTeam ? [{ value: "", label: props.asTeam }] : []),
        ...blends.map((value) => ({ value: value as string, label: t(`teams.blend.${value}`) })),
      ]}
      allowDeselect={false}
      value={props.value ?? ""}
      onChange={(value) => props.onChange(blends.find((each) => each === value) ?? null)}
    />
  );
}
