using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Dialer.Architecture.Tests;

/// <summary>One use of a type, a member or a text literal by compiled code. <paramref name="From"/> is the outermost type: closures and async states belong to it.</summary>
/// <param name="From">Full name of the using type.</param>
/// <param name="Method">The using method, with the name of the nested type it was compiled into, or "" for a signature, a field or a base type.</param>
/// <param name="ToType">Full name of the used type; "" for a literal.</param>
/// <param name="ToMember">Name of the used member; "" when only the type is named.</param>
/// <param name="Literal">The text of a string literal, else null.</param>
public sealed record Use(string From, string Method, string ToType, string ToMember, string? Literal = null)
{
    public override string ToString() => $"{From}.{Method} -> {(Literal is null ? $"{ToType}.{ToMember}" : $"\"{Literal}\"")}";
}

/// <summary>Reads every use out of an assembly's metadata and IL, without loading or running it.</summary>
public static class Uses
{
    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);

    public static IReadOnlyList<Use> Of(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var reader = new Reader(file, file.GetMetadataReader());
        return reader.ReadAll();
    }

    private sealed class Reader(PEReader file, MetadataReader metadata)
    {
        private readonly List<Use> _uses = [];
        private readonly TypeNames _names = new();
        private string _from = "";
        private string _within = "";
        private string _method = "";

        public IReadOnlyList<Use> ReadAll()
        {
            foreach (var handle in metadata.TypeDefinitions)
            {
                var type = metadata.GetTypeDefinition(handle);
                _from = TypeNames.Outermost(metadata, handle);
                _within = type.IsNested ? metadata.GetString(type.Name) + "." : "";
                _method = "";
                AddType(type.BaseType);
                foreach (var implemented in type.GetInterfaceImplementations())
                    AddType(metadata.GetInterfaceImplementation(implemented).Interface);
                foreach (var field in type.GetFields())
                    Flush(() => metadata.GetFieldDefinition(field).DecodeSignature(_names, null));
                foreach (var method in type.GetMethods())
                    ReadMethod(metadata.GetMethodDefinition(method));
            }

            return _uses;
        }

        private void ReadMethod(MethodDefinition method)
        {
            _method = _within + metadata.GetString(method.Name);
            Flush(() => method.DecodeSignature(_names, null));
            if (method.RelativeVirtualAddress == 0)
                return;
            var body = file.GetMethodBody(method.RelativeVirtualAddress);
            if (!body.LocalSignature.IsNil)
                Flush(() => metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_names, null));
            var il = body.GetILReader();
            while (il.RemainingBytes > 0)
            {
                int value = il.ReadByte();
                var code = OpCodesByValue[value == 0xFE ? 0xFE00 | il.ReadByte() : value];
                switch (code.OperandType)
                {
                    case OperandType.InlineString:
                        _uses.Add(new Use(_from, _method, "", "", metadata.GetUserString((UserStringHandle)MetadataTokens.Handle(il.ReadInt32()))));
                        break;
                    case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                        AddToken(MetadataTokens.EntityHandle(il.ReadInt32()));
                        break;
                    case OperandType.InlineSwitch:
                        var targets = il.ReadInt32();
                        il.Offset += targets * 4;
                        break;
                    default:
                        il.Offset += Size(code.OperandType);
                        break;
                }
            }
        }

        private static int Size(OperandType operand) => operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            _ => 4,
        };

        private void AddToken(EntityHandle token)
        {
            switch (token.Kind)
            {
                case HandleKind.MemberReference:
                    var member = metadata.GetMemberReference((MemberReferenceHandle)token);
                    if (member.Parent.Kind != HandleKind.MethodDefinition)
                        Add(NameOf(member.Parent), metadata.GetString(member.Name));
                    Flush(() => Decode(member));
                    break;
                case HandleKind.MethodDefinition:
                    var method = metadata.GetMethodDefinition((MethodDefinitionHandle)token);
                    Add(TypeNames.Outermost(metadata, method.GetDeclaringType()), metadata.GetString(method.Name));
                    break;
                case HandleKind.FieldDefinition:
                    var field = metadata.GetFieldDefinition((FieldDefinitionHandle)token);
                    Add(TypeNames.Outermost(metadata, field.GetDeclaringType()), metadata.GetString(field.Name));
                    break;
                case HandleKind.MethodSpecification:
                    var generic = metadata.GetMethodSpecification((MethodSpecificationHandle)token);
                    AddToken(generic.Method);
                    Flush(() => generic.DecodeSignature(_names, null));
                    break;
                default:
                    AddType(token);
                    break;
            }
        }

        private void Decode(MemberReference member)
        {
            if (member.GetKind() == MemberReferenceKind.Method)
                member.DecodeMethodSignature(_names, null);
            else
                member.DecodeFieldSignature(_names, null);
        }

        private void AddType(EntityHandle type)
        {
            if (!type.IsNil)
                Add(NameOf(type), "");
        }

        private string NameOf(EntityHandle type)
        {
            switch (type.Kind)
            {
                case HandleKind.TypeReference:
                    return TypeNames.Outermost(metadata, (TypeReferenceHandle)type);
                case HandleKind.TypeDefinition:
                    return TypeNames.Outermost(metadata, (TypeDefinitionHandle)type);
                case HandleKind.TypeSpecification:
                    var name = metadata.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(_names, null);
                    Flush(() => { });
                    return name;
                default:
                    return "";
            }
        }

        private void Flush(Action decode)
        {
            decode();
            foreach (var name in _names.Seen)
                _uses.Add(new Use(_from, _method, name, ""));
            _names.Seen.Clear();
        }

        private void Add(string type, string member) => _uses.Add(new Use(_from, _method, type, member));
    }

    /// <summary>Collects the named types of a signature; the value of a decoded type is its own name without arguments.</summary>
    private sealed class TypeNames : ISignatureTypeProvider<string, object?>
    {
        public HashSet<string> Seen { get; } = [];

        public static string Outermost(MetadataReader reader, TypeDefinitionHandle handle)
        {
            var type = reader.GetTypeDefinition(handle);
            while (type.IsNested)
                type = reader.GetTypeDefinition(type.GetDeclaringType());
            return FullName(reader, type.Namespace, type.Name);
        }

        public static string Outermost(MetadataReader reader, TypeReferenceHandle handle)
        {
            var type = reader.GetTypeReference(handle);
            while (type.ResolutionScope.Kind == HandleKind.TypeReference)
                type = reader.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
            return FullName(reader, type.Namespace, type.Name);
        }

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => See(Outermost(reader, handle));

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => See(Outermost(reader, handle));

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => genericType;

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => "System." + typeCode;

        public string GetArrayType(string elementType, ArrayShape shape) => elementType;

        public string GetSZArrayType(string elementType) => elementType;

        public string GetByReferenceType(string elementType) => elementType;

        public string GetPointerType(string elementType) => elementType;

        public string GetPinnedType(string elementType) => elementType;

        public string GetFunctionPointerType(MethodSignature<string> signature) => "";

        public string GetGenericMethodParameter(object? genericContext, int index) => "";

        public string GetGenericTypeParameter(object? genericContext, int index) => "";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        private string See(string name)
        {
            Seen.Add(name);
            return name;
        }

        private static string FullName(MetadataReader reader, StringHandle space, StringHandle name)
        {
            var type = reader.GetString(name);
            var tick = type.IndexOf('`', StringComparison.Ordinal);
            type = tick < 0 ? type : type[..tick];
            return space.IsNil ? type : $"{reader.GetString(space)}.{type}";
        }
    }
}
