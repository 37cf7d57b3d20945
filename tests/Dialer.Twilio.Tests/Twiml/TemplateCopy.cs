using Dialer.Twilio.Twiml;

namespace Dialer.Twilio.Tests.Twiml;

/// <summary>The shipped templates in a folder of their own, to be spoiled.</summary>
internal sealed class TemplateCopy : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"dialer-templates-{Guid.NewGuid():N}");

    public TemplateCopy()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "twiml-templates");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public TwimlTemplates Load() => TwimlTemplates.Load(_folder);

    public void Edit(string file, Func<string, string> change)
    {
        var path = Path.Combine(_folder, file);
        var before = File.ReadAllText(path);
        var after = change(before);
        after.ShouldNotBe(before, "the planted change must change the file");
        File.WriteAllText(path, after);
    }

    public void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);

    public void Delete(string file) => File.Delete(Path.Combine(_folder, file));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
