using System.CommandLine;
using Dialer.Core.Ivr;
using Dialer.Features.Ivr;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Twiml.Lint;

namespace Dialer.Host.Commands;

/// <summary><c>./dialer templates check</c> lints every word the IVR can say; <c>./dialer templates preview FLOW</c> plays a flow as text.</summary>
internal static class TemplatesCommand
{
    public static Command Build()
    {
        var path = new Option<string>("--path") { Description = "The folder of templates.", DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "twiml-templates"), Recursive = true };
        return new Command("templates", "Check or preview the words of the IVR.") { path, Check(path), Preview(path) };
    }

    private static Command Check(Option<string> path)
    {
        var command = new Command("check", "Exit code 0 when no template breaks a rule, 1 with one line for each problem.");
        command.SetAction(async (parsed, _) =>
        {
            try
            {
                var templates = TwimlTemplates.Load(parsed.GetRequiredValue(path));
                var problems = TemplateLint.Check(templates, IvrFlows.All);
                foreach (var problem in problems)
                    await Console.Out.WriteLineAsync(problem.ToString());
                await Console.Out.WriteLineAsync($"{templates.Files.Count} templates in {templates.Languages.Count} languages, {IvrFlows.All.Count} flows: {problems.Count} problems");
                return problems.Count == 0 ? 0 : 1;
            }
            catch (TemplateException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 1;
            }
        });
        return command;
    }

    private static Command Preview(Option<string> path)
    {
        var flow = new Argument<string>("flow") { Description = $"One of: {string.Join(", ", IvrFlows.All.Select(graph => graph.Name).Distinct())}." };
        flow.AcceptOnlyFromAmong([.. IvrFlows.All.Select(graph => graph.Name).Distinct()]);
        var language = new Option<string>("--language") { Description = "The caller's language.", DefaultValueFactory = _ => "en" };
        var command = new Command("preview", "Play a flow in the terminal: type the keys, an empty line is silence.") { flow, language };
        command.SetAction(async (parsed, cancel) =>
        {
            TwimlTemplates templates;
            try
            {
                templates = TwimlTemplates.Load(parsed.GetRequiredValue(path));
            }
            catch (TemplateException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 1;
            }

            if (!templates.Languages.Contains(parsed.GetRequiredValue(language)))
            {
                await Console.Error.WriteLineAsync($"There is no language '{parsed.GetValue(language)}'; there are {string.Join(", ", templates.Languages.Order(StringComparer.Ordinal))}.");
                return 1;
            }

            await PlayAsync(new IvrPreview(templates, parsed.GetRequiredValue(flow), parsed.GetRequiredValue(language)), cancel);
            return 0;
        });
        return command;
    }

    private static async Task PlayAsync(IvrPreview preview, CancellationToken cancel)
    {
        await Console.Out.WriteLineAsync(IvrPreview.Hint);
        while (true)
        {
            foreach (var line in preview.Lines())
                await Console.Out.WriteLineAsync($"  {line}");
            if (preview.Ended)
                return;
            await Console.Out.WriteAsync("> ");
            if (await Console.In.ReadLineAsync(cancel) is not { } keys)
                return;
            preview.Enter(keys);
        }
    }
}
