using Dialer.Core.Ivr;
using Dialer.Features.Access;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Twiml.Lint;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Ivr;

/// <summary>
/// The flows as pictures and plays: <c>GET /api/v1/ivr/flows</c> gives every flow's newest version as nodes and edges with what the linter says of its words;
/// <c>POST /api/v1/ivr/preview</c> plays a fictional caller's keys from the beginning and answers what they hear. Nothing is stored and nobody is called.
/// </summary>
internal static class PreviewFlows
{
    private const int MostKeys = 200;

    public sealed record Play(string Flow, string Language, string[]? Keys);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/ivr/flows", (TemplateStore templates) => Results.Ok(new
        {
            languages = templates.Current.Languages.Order(StringComparer.Ordinal),
            problems = TemplateLint.Check(templates.Current, IvrFlows.All).Select(problem => problem.ToString()),
            flows = IvrFlows.All.GroupBy(flow => flow.Name).Select(group => Picture(group.MaxBy(flow => flow.Version)!)),
        })).RequireAuthorization(Scopes.FlowsPreview);
        routes.MapPost("/api/v1/ivr/preview", Preview).RequireAuthorization(Scopes.FlowsPreview);
    }

    private static IResult Preview(Play body, TemplateStore templates)
    {
        if (IvrFlows.All.All(flow => flow.Name != body.Flow) || !templates.Current.Languages.Contains(body.Language))
            return Problem.Invalid("flow and language must be among those of GET /api/v1/ivr/flows.");
        if (body.Keys is { Length: > MostKeys } || body.Keys?.Any(keys => keys.Length > 32) == true)
            return Problem.Invalid($"At most {MostKeys} entries of 32 keys.");
        var preview = new IvrPreview(templates.Current, body.Flow, body.Language);
        var turns = new List<object> { Turn(null, preview) };
        foreach (var keys in body.Keys ?? [])
        {
            if (preview.Ended)
                break;
            preview.Enter(keys);
            turns.Add(Turn(keys, preview));
        }

        return Results.Ok(new { hint = IvrPreview.Hint, step = preview.Step.Next.Step, verified = preview.Step.Next.Verified, preview.Ended, preview.IsPaying, outcome = preview.Step.Next.Outcome, turns });
    }

    private static object Turn(string? keys, IvrPreview preview) => new { keys, step = preview.Step.Next.Step, lines = preview.Lines().ToList() };

    private static object Picture(IvrGraph flow) => new
    {
        flow.Name,
        flow.Version,
        flow.Start,
        nodes = flow.Nodes.Select(node => new
        {
            node.Id,
            kind = node.Kind.ToString(),
            node.Private,
            giveUp = node.Kind is IvrNodeKind.Menu or IvrNodeKind.Entry or IvrNodeKind.Record ? node.GiveUp : null,
            edges = node.Edges.Select(edge => new { trigger = edge.Trigger.ToString(), key = edge.Key?.ToString(), edge.To, edge.Label, guarded = edge.When is not null }),
        }),
    };
}
