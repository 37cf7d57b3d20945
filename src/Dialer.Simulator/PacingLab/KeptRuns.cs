using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab;

/// <summary>Finished runs kept in a folder: a long experiment may be stopped, goes on where it was, and takes more seeds later without repeating any.</summary>
/// <remarks>A run is named by its cell, controller, seed, days and the floor's version; one of our engine by that engine's build too, so that a changed engine never meets its old results.</remarks>
public sealed class KeptRuns(string? folder)
{
    /// <summary>Raised by hand whenever the floor or a peer changes what a run would give.</summary>
    private const int FloorVersion = 1;

    private static readonly JsonSerializerOptions Options = new() { IncludeFields = true };
    private static readonly string EngineBuild = typeof(PacingEngine).Module.ModuleVersionId.ToString("N");

    public FloorResult Of(LabCell cell, Contender contender, ulong seed, int days, Func<FloorResult> run)
    {
        if (folder is null)
            return run();
        var path = Path.Combine(folder, Name(cell, contender, seed, days));
        if (File.Exists(path))
            return JsonSerializer.Deserialize<FloorResult>(File.ReadAllText(path), Options) ?? throw new JsonException($"{path} holds no run.");
        var result = run();
        Directory.CreateDirectory(folder);
        var part = $"{path}.{Environment.ProcessId}";
        File.WriteAllText(part, JsonSerializer.Serialize(result, Options));
        File.Move(part, path, overwrite: true);
        return result;
    }

    private static string Name(LabCell cell, Contender contender, ulong seed, int days)
    {
        var text = $"{FloorVersion}|{JsonSerializer.Serialize(cell with { Name = "" }, Options)}|{contender.Name}|{(contender.Learns ? EngineBuild : "")}|{seed}|{days}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32] + ".json";
    }
}
