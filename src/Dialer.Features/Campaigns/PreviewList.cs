using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Campaigns;

/// <summary>What a filter would take, counted before the campaign exists; and the words there are to filter by.</summary>
public static class PreviewList
{
    public sealed record Request(string Client, ListFilter? Filter = null);

    public sealed record Words(IReadOnlyList<string> Products, IReadOnlyList<string> Creditors, IReadOnlyList<string> States, IReadOnlyList<string> Languages);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/campaigns/list-preview", CountAsync).RequireAuthorization(Scopes.CampaignsRun).WithMetadata(new RepeatsFreely());
        routes.MapGet("/api/v1/campaigns/list-words", WordsAsync).RequireAuthorization(Scopes.CampaignsRun);
    }

    private static async Task<IResult> CountAsync(Request request, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var filter = request.Filter ?? new ListFilter();
        if (ListDesign.Faults(filter, []).ToArray() is { Length: > 0 } faults)
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["filter"] = faults });
        if (await database.FindAsync<long?>("select client_id from client where code = @Client", request, cancel) is not { } client)
            return Problem.Invalid($"There is no client with the code '{request.Client}'.");
        await using var connection = await database.OpenAsync(cancel);
        return Results.Ok(await ListDesign.CountAsync(connection, null, client, filter, clock.Now, cancel));
    }

    private static async Task<IResult> WordsAsync(string client, Database database, CancellationToken cancel)
    {
        var row = await database.FindAsync<(string[] Products, string[] Creditors, string[] States, string[] Languages)>(
            """
            select coalesce(array_agg(distinct a.product) filter (where a.product <> ''), '{}'), coalesce(array_agg(distinct a.creditor), '{}'),
                coalesce(array_agg(distinct p.state) filter (where p.state is not null), '{}'), coalesce(array_agg(distinct p.language), '{}')
            from account a join person p on p.person_id = a.person_id join client c on c.client_id = a.client_id where c.code = @client
            """,
            new { client }, cancel);
        return Results.Ok(new Words(row.Products, row.Creditors, row.States, row.Languages));
    }
}
