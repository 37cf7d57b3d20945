using Dialer.Features.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dialer.Host.Demo;

/// <summary>The floor in a terminal.</summary>
internal static class DemoView
{
    public static IRenderable Render(FloorView floor, DemoOptions options)
    {
        var rows = new Rows(
            new Markup($"[bold]Dialer[/]  [black on yellow] SIMULATION [/]  clock [bold]{floor.Clock.Now.ToString("uuuu'-'MM'-'dd HH':'mm':'ss", null)}[/] UTC, {options.Speed:0.#} times real time   {options.Url}   [dim]supervisor / {options.Password}[/]"),
            Agents(floor),
            Campaigns(floor),
            Money(floor),
            Why(floor));
        return new Panel(rows).NoBorder();
    }

    private static Markup Agents(FloorView floor)
    {
        var states = floor.Agents.GroupBy(agent => agent.State).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Key} [bold]{group.Count()}[/]");
        return new Markup(
            $"\nAgents  {string.Join("   ", states)}\nLines   in flight [bold]{floor.Lines.InFlight}[/]   ringing {floor.Lines.Ringing}   with agents [bold]{floor.Lines.Talking}[/]   in the IVR {floor.Lines.Ivr}   {floor.Lines.Cps:0.0} calls a second\n");
    }

    private static Table Campaigns(FloorView floor)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("Campaign", "State", "Mode");
        foreach (var heading in new[] { "Attempts", "Live answers", "Bridged", "Abandoned", "Machines", "Busy", "No answer", "Denied", "Ready" })
            table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (var c in floor.Campaigns)
            table.AddRow(
                Markup.Escape(c.Name), c.State, c.ModeInForce ?? c.Mode, $"{c.Attempts:N0}", $"{c.AnsweredLive:N0}", $"{c.Bridged:N0}",
                c.Mode == "Agentless" ? "-" : $"{c.Abandoned:N0} ({c.AbandonmentRate:P2} of {c.AbandonCap:P0})", $"{c.Machines:N0}", $"{c.Busy:N0}", $"{c.NoAnswer:N0}", $"{c.Denied:N0}", $"{c.Ready:N0}");
        return table;
    }

    private static Markup Money(FloorView floor) => new(
        $"Promises [bold]{floor.Totals.Promises.Count}[/] ({floor.Totals.Promises.Amount:N2} USD)   Payments [bold]{floor.Totals.Payments.Count}[/] ({floor.Totals.Payments.Amount:N2} USD)\n"
        + $"Not dialled: {string.Join("   ", floor.Totals.DeniedByReason.Take(5).Select(pair => $"{pair.Key} {pair.Value:N0}"))}\n");

    private static Markup Why(FloorView floor)
    {
        var reasons = floor.Campaigns.FirstOrDefault(c => c.Pace is not null && c.Mode != "Agentless")?.Pace?.Reasons ?? [];
        return new Markup("[dim]" + string.Join("\n", reasons.Take(4).Select(reason => Markup.Escape($"Why this pace: {reason.Text}"))) + "[/]");
    }
}
