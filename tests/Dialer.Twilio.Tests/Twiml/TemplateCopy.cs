using Dialer.Twilio.Twiml;

namespace Dialer.Twilio.Tests.Twiml;

/// <summary>The shipped templates in a folder of their own, to be spoiled.</summary>
internal sealed class TemplateCopy : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"dialer-templates-{Guid.NewGuid():N}");

    private string Audio => _folder + "-audio";

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

    public TwimlTemplates LoadWithAudio() => TwimlTemplates.Load(_folder, Audio);

    /// <summary>A recording of a prompt: <c>en/shared/goodbye.mp3</c>.</summary>
    public void Record(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Audio, file))!);
        File.WriteAllBytes(Path.Combine(Audio, file), [0xFF, 0xFB]);
    }

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

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        if (Directory.Exists(Audio))
            Directory.Delete(Audio, recursive: true);
    }
}
