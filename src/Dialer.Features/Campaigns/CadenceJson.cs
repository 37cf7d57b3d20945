using System.Text.Json;
using Dialer.Core.Recycling;

namespace Dialer.Features.Campaigns;

/// <summary>A matrix as it stands in the column and on the wire.</summary>
internal static class CadenceJson
{
    public static string Write(Cadence cadence) => JsonSerializer.Serialize(cadence, ApiJson.Options);

    public static Cadence Read(string text) => JsonSerializer.Deserialize<Cadence>(text, ApiJson.Options) ?? throw new JsonException("The column holds no matrix.");
}
