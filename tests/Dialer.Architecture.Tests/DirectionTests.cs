using System.Reflection;
using System.Xml.Linq;

namespace Dialer.Architecture.Tests;

/// <summary>Host -> Features -> {Storage, Twilio} -> Core; the Simulator sees Core alone.</summary>
public sealed class DirectionTests
{
    [Fact]
    public void Projects_refer_only_down() => Projects.Against(Projects.Product()).ShouldBeEmpty();

    [Fact]
    public void Every_project_of_the_product_is_under_the_law() =>
        Directory.EnumerateFiles(Path.Combine(Projects.Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).Order()
            .ShouldBe(Projects.Allowed.Keys.Order());

    [Theory]
    [InlineData("Dialer.Core", "Dialer.Storage")]
    [InlineData("Dialer.Storage", "Dialer.Twilio")]
    [InlineData("Dialer.Simulator", "Dialer.Features")]
    [InlineData("Dialer.Twilio", "Dialer.Features")]
    public void A_planted_reference_up_or_across_is_found(string from, string to)
    {
        var planted = XDocument.Parse($"<Project><ItemGroup><ProjectReference Include=\"../{to}/{to}.csproj\" /></ItemGroup></Project>");

        Projects.Against(Projects.References(from, planted)).ShouldBe([(from, to)]);
    }

    [Fact]
    public void The_compiled_assemblies_say_the_same()
    {
        var edges = new[] { Product.Core, Product.Storage, Product.Twilio, Product.Features, Product.Simulator, Product.Host }
            .SelectMany(assembly => assembly.GetReferencedAssemblies().Select(to => (assembly.GetName().Name!, to.Name!)))
            .Where(edge => edge.Item2.StartsWith("Dialer.", StringComparison.Ordinal)).ToList();

        Projects.Against(edges).ShouldBeEmpty();
        edges.ShouldContain(("Dialer.Host", "Dialer.Features")); // the check has something to look at
    }

    [Fact]
    public void Core_knows_the_base_library_and_NodaTime_alone() =>
        Product.Core.GetReferencedAssemblies().Select(to => to.Name!).Where(name => !IsBase(name) && name != "NodaTime").ShouldBeEmpty();

    private static bool IsBase(string name) => name is "netstandard" or "mscorlib" || name.StartsWith("System.", StringComparison.Ordinal);
}

/// <summary>The assemblies of the product.</summary>
internal static class Product
{
    public static Assembly Core => typeof(Core.Money).Assembly;

    public static Assembly Storage => typeof(Storage.Postgres.Database).Assembly;

    public static Assembly Twilio => typeof(Twilio.Rest.TwilioClient).Assembly;

    public static Assembly Features => typeof(Features.Imports.ImportsModule).Assembly;

    public static Assembly Simulator => typeof(Simulator.Samples.SamplePlacement).Assembly;

    public static Assembly Host => Assembly.Load("Dialer.Host");
}
