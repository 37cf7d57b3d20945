using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Dialer.Architecture.Tests;

/// <summary>Which project names which other project. An edge is (from, to), by project name.</summary>
public static class Projects
{
    public static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Dialer.Core"] = [],
        ["Dialer.Storage"] = ["Dialer.Core"],
        ["Dialer.Twilio"] = ["Dialer.Core"],
        ["Dialer.Features"] = ["Dialer.Core", "Dialer.Storage", "Dialer.Twilio"],
        ["Dialer.Simulator"] = ["Dialer.Core"],
        ["Dialer.Host"] = ["Dialer.Core", "Dialer.Storage", "Dialer.Twilio", "Dialer.Features", "Dialer.Simulator"],
    };

    public static string Root { get; } = FindRoot();

    public static IEnumerable<(string From, string To)> References(string project, XDocument file) =>
        from reference in file.Descendants("ProjectReference")
        select (project, Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include") ?? "").Replace('\\', '/')));

    public static IEnumerable<(string From, string To)> Product() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(path => References(Path.GetFileNameWithoutExtension(path), XDocument.Load(path)));

    public static IEnumerable<(string From, string To)> Against(IEnumerable<(string From, string To)> edges) =>
        edges.Where(edge => !Allowed.TryGetValue(edge.From, out var to) || !to.Contains(edge.To));

    private static string FindRoot([CallerFilePath] string here = "")
    {
        for (var folder = new DirectoryInfo(Path.GetDirectoryName(here)!); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Dialer.sln")))
                return folder.FullName;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Dialer.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("No Dialer.sln above the tests.");
    }
}
